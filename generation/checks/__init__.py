"""The filters that written dialogues go through: text in, findings out. Pure. Start reading at `table.py`."""
