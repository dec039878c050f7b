"""The console: the manager's face. One module of urls per page group (`pages_….py`), one module of views per page."""
