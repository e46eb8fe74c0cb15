"""Agents over HTTP."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, status
from pydantic import BaseModel, Field

from api.dependencies import LimitQuery, ServicesDep, SessionDep, UserDep
from core.agents import (
    Executor,
    Profile,
    create_agent,
    delete_agent,
    find_agent,
    list_agents,
    list_executions,
)
from core.models import Execution

router = APIRouter(prefix="/api/agents", tags=["agents"])

QueryText = Annotated[str, Field(min_length=1, max_length=4000)]


class AgentIn(BaseModel):
    agent_id: str
    name: Annotated[str, Field(min_length=1, max_length=120)]
    instructions: Annotated[str, Field(max_length=8000)] = ""
    model: Literal["local", "remote"] = "local"


class AgentOut(BaseModel):
    agent_id: str
    name: str
    instructions: str
    model: str

    @classmethod
    def of(cls, profile: Profile) -> "AgentOut":
        return cls(
            agent_id=profile.slug,
            name=profile.name,
            instructions=profile.instructions,
            model=profile.model,
        )


class ExecuteIn(BaseModel):
    agent_id: Annotated[str, Field(max_length=63)]
    query: QueryText


class ExecutionOut(BaseModel):
    execution_id: str
    agent_id: str
    query: str
    answer: str
    model: str
    created_at: datetime

    @classmethod
    def of(cls, execution: Execution) -> "ExecutionOut":
        return cls(
            execution_id=execution.id,
            agent_id=execution.agent_slug,
            query=execution.query,
            answer=execution.answer,
            model=execution.model,
            created_at=execution.created_at,
        )


class EpisodeOut(BaseModel):
    query: str
    answer: str
    created_at: datetime
    similarity: float | None = None


@router.post("", status_code=status.HTTP_201_CREATED)
def create(body: AgentIn, user: UserDep, session: SessionDep) -> AgentOut:
    profile = Profile(body.agent_id, body.name, body.instructions, body.model)
    create_agent(session, user, profile)
    session.commit()
    return AgentOut.of(profile)


@router.get("")
def index(user: UserDep, session: SessionDep) -> list[AgentOut]:
    return [AgentOut.of(profile) for profile in list_agents(session, user)]


@router.post("/execute")
def execute(
    body: ExecuteIn, user: UserDep, session: SessionDep, services: ServicesDep
) -> ExecutionOut:
    executor = Executor(session, services.memory, services.models)
    execution = executor.execute(user, body.agent_id, body.query)
    session.commit()
    return ExecutionOut.of(execution)


@router.get("/{agent_id}")
def show(agent_id: str, user: UserDep, session: SessionDep) -> AgentOut:
    return AgentOut.of(find_agent(session, user, agent_id))


@router.delete("/{agent_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete(agent_id: str, user: UserDep, session: SessionDep, services: ServicesDep) -> None:
    delete_agent(session, user, agent_id, services.memory)
    session.commit()


@router.get("/{agent_id}/executions")
def executions(
    agent_id: str, user: UserDep, session: SessionDep, limit: LimitQuery = 20
) -> list[ExecutionOut]:
    found = list_executions(session, user, agent_id, limit=limit)
    return [ExecutionOut.of(execution) for execution in found]


@router.get("/{agent_id}/episodes")
def episodes(
    agent_id: str,
    user: UserDep,
    services: ServicesDep,
    like: Annotated[str | None, Query(max_length=4000)] = None,
    limit: LimitQuery = 20,
) -> list[EpisodeOut]:
    """What the agent remembers: the latest, or what is most like the given text."""
    if like is None:
        recent = services.memory.recent(user.id, agent_id, limit=limit)
        return [
            EpisodeOut(query=it.query, answer=it.answer, created_at=it.created_at) for it in recent
        ]
    return [
        EpisodeOut(
            query=found.episode.query,
            answer=found.episode.answer,
            created_at=found.episode.created_at,
            similarity=found.similarity,
        )
        for found in services.memory.recall(user.id, agent_id, like, limit=limit)
    ]
