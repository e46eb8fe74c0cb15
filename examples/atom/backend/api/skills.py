"""Skills over HTTP."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.dependencies import UserDep
from core.skills import SKILLS, find_skill

router = APIRouter(prefix="/api/skills", tags=["skills"])


class SkillOut(BaseModel):
    name: str
    summary: str


class RunIn(BaseModel):
    text: Annotated[str, Field(max_length=100_000)]


class RunOut(BaseModel):
    skill: str
    result: Mapping[str, object]


@router.get("")
def index(_: UserDep) -> list[SkillOut]:
    return [SkillOut(name=skill.name, summary=skill.summary) for skill in SKILLS.values()]


@router.post("/{name}/run")
def run(name: str, body: RunIn, _: UserDep) -> RunOut:
    skill = find_skill(name)
    return RunOut(skill=skill.name, result=skill.run(body.text))
