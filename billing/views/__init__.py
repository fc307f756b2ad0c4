"""The pages of billing: parse, ask one service or selector, render."""
