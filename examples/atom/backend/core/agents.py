"""Agents: what they are, and how one answers."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.completion import Model, Prompt
from core.episodes import Episode, EpisodeStore
from core.errors import AlreadyExists, InvalidInput, NotFound
from core.models import Agent, Execution, User

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
MEMORIES = 3
MEMORY_SIMILARITY = 0.5


@dataclass(frozen=True, slots=True)
class Profile:
    slug: str
    name: str
    instructions: str
    model: str


# Every user has it: a probe needs an agent whose answer touches both stores and no other service.
SMOKE = Profile(slug="smoke", name="Smoke", instructions="Answer at once.", model="local")


def create_agent(session: Session, owner: User, profile: Profile) -> Agent:
    if not SLUG.fullmatch(profile.slug):
        raise InvalidInput(
            "an agent's id has 1 to 63 of a-z, 0-9 and dash, with no dash at either end"
        )
    agent = Agent(
        owner_id=owner.id,
        slug=profile.slug,
        name=profile.name,
        instructions=profile.instructions,
        model=profile.model,
    )
    taken = AlreadyExists(f"there is an agent {profile.slug!r} already")
    if profile.slug == SMOKE.slug:
        raise taken
    try:
        with session.begin_nested():
            session.add(agent)
    except IntegrityError:
        raise taken from None
    return agent


def list_agents(session: Session, owner: User) -> list[Profile]:
    agents = session.scalars(select(Agent).where(Agent.owner_id == owner.id).order_by(Agent.slug))
    return [SMOKE, *map(_profile, agents)]


def find_agent(session: Session, owner: User, slug: str) -> Profile:
    if slug == SMOKE.slug:
        return SMOKE
    agent = session.scalar(select(Agent).where(Agent.owner_id == owner.id, Agent.slug == slug))
    if agent is None:
        raise NotFound(f"there is no agent {slug!r}")
    return _profile(agent)


def delete_agent(session: Session, owner: User, slug: str, memory: EpisodeStore) -> None:
    """Removes the agent and what it remembers; its executions stay as a record."""
    if slug == SMOKE.slug:
        raise InvalidInput("the built-in agent cannot be removed")
    removed = session.execute(
        delete(Agent).where(Agent.owner_id == owner.id, Agent.slug == slug).returning(Agent.id)
    ).first()
    if removed is None:
        raise NotFound(f"there is no agent {slug!r}")
    memory.forget(owner.id, slug)


@dataclass(frozen=True, slots=True)
class Executor:
    """Answers queries: recalls, asks the agent's model, records, remembers."""

    session: Session
    memory: EpisodeStore
    models: Mapping[str, Model]

    def execute(self, user: User, slug: str, query: str) -> Execution:
        profile = find_agent(self.session, user, slug)
        memories = self.memory.recall(
            user.id, slug, query, limit=MEMORIES, at_least=MEMORY_SIMILARITY
        )
        prompt = Prompt(profile.name, profile.instructions, query, memories)
        execution = Execution(
            id=str(uuid.uuid4()),
            user_id=user.id,
            agent_slug=slug,
            query=query,
            answer=self.models[profile.model].answer(prompt),
            model=profile.model,
            created_at=datetime.now(UTC),
        )
        self.session.add(execution)
        self.session.flush()
        self.memory.add(
            Episode(
                id=execution.id,
                owner=user.id,
                agent=slug,
                query=query,
                answer=execution.answer,
                created_at=execution.created_at,
            )
        )
        return execution


def list_executions(session: Session, user: User, slug: str, *, limit: int) -> list[Execution]:
    """The latest executions, the newest first."""
    return list(
        session.scalars(
            select(Execution)
            .where(Execution.user_id == user.id, Execution.agent_slug == slug)
            .order_by(Execution.created_at.desc(), Execution.id)
            .limit(limit)
        )
    )


def _profile(agent: Agent) -> Profile:
    return Profile(agent.slug, agent.name, agent.instructions, agent.model)
