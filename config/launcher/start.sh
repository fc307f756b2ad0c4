# Sourced by bin/*: finds a Python new enough, then hands over. Usage: . start.sh VERB [ARGUMENT]...
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" -m config.launcher "$@"
    fi
done
echo "Makoto needs Python 3.11 or newer, and none of these is: ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}. Install one, or name it: PYTHON=/path/to/python bin/$1" >&2
exit 1
