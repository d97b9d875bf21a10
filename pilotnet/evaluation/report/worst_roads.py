"""The scenarios that the report draws: those where drivers had most interventions."""

from collections import Counter
from collections.abc import Sequence

from pilotnet.evaluation.metrics import EpisodeScore

PLOTTED_ROADS = 3  # drives whose offsets are plotted side by side
MAPPED_ROADS = 6  # maps at most


def most_interventions(episodes: Sequence[EpisodeScore], drivers: Sequence[str]) -> list[str]:
    """Return the scenarios with most interventions of these drivers; only those with any."""
    counts: Counter[str] = Counter()
    for episode in shared_episodes(episodes):
        if episode.driver in drivers:
            counts[episode.scenario] += episode.interventions
    ordered = sorted((name for name in counts if counts[name]), key=lambda name: -counts[name])
    return ordered[:MAPPED_ROADS]


def largest_deviations(episodes: Sequence[EpisodeScore], driver: str) -> list[str]:
    """Return the worst scenarios of a driver, each on another kind of road.

    Scenarios are compared by their number of interventions, then by their RMS cross-track error. A
    scenario that a driver lost is left out.
    """
    worst: dict[str, EpisodeScore] = {}
    for episode in shared_episodes(episodes):
        if episode.driver == driver:
            previous = worst.get(episode.road, episode)
            worst[episode.road] = max(previous, episode, key=_deviation)
    ordered = sorted(worst.values(), key=_deviation, reverse=True)
    return [episode.scenario for episode in ordered[:PLOTTED_ROADS]]


def _deviation(episode: EpisodeScore) -> tuple[int, float]:
    """Return the sort key of `largest_deviations`."""
    return episode.interventions, episode.offset_rms


def shared_episodes(episodes: Sequence[EpisodeScore]) -> list[EpisodeScore]:
    """Return the drives on scenarios that no driver has lost."""
    counts = Counter(episode.scenario for episode in episodes)
    most = max(counts.values())
    return [episode for episode in episodes if counts[episode.scenario] == most]
