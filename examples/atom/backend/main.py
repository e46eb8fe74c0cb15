"""The app that the server runs: `uvicorn main:app`."""

from api.app import create_app
from core.settings import Settings

app = create_app(Settings.from_env())
