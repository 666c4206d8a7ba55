"""The desk: what members can do by writing to help@, pause@, leave@ and so on. One file a command."""
