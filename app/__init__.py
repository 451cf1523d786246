"""The application: joins the engine and the widgets."""

__version__ = "0.1.0"
