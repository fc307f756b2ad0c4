"""What stands behind bin/: starts the house, its tests and its checks.

The first half of each start runs on the system's Python, before anything is installed. So nothing in this package
imports more than the standard library at its top, except `running`, which is only reached inside `.venv`.
"""
