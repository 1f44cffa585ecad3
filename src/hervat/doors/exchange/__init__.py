"""The exchange as it is run: the client of other nodes' doors, the sending, bundles that are carried by hand, and their commands."""
