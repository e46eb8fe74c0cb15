from fastapi import FastAPI

application: FastAPI = FastAPI(title="api")
