"""The web interface: a Streamlit app that knows foundsound through its HTTP API alone."""
