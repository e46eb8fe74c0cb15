from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def greet() -> str:
    return "hello"
