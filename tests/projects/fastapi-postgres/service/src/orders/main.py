from fastapi import FastAPI

from orders.health import health, router

app = FastAPI()
app.include_router(health)
app.include_router(router)
