"""The pages of customers and promises: parse, ask one service or selector, render."""
