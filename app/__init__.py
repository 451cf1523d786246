"""The application: joins the engine and the widgets."""
