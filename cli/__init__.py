"""The command line `daqiao`: one file per group of commands."""
