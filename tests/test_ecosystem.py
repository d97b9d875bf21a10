"""Third-party tools with the environments: vector environments, wrappers, Minari and
stable-baselines3.
"""

import gc
import json
from functools import partial
from pathlib import Path
from typing import Any

import av
import gymnasium
import minari
import numpy as np
import pytest
from gymnasium.vector import AsyncVectorEnv, SyncVectorEnv
from gymnasium.wrappers import FrameStackObservation, RecordVideo
from stable_baselines3 import PPO
from stable_baselines3.common.env_checker import check_env

import pilotnet.envs  # noqa: F401  # registers the ids
from sim import DrivingEnv, FrontCamera, Scenario

SMALL = {"width": 48, "height": 36, "focal": 26.0, "horizon": 14.0}
ENVIRONMENTS = 2


def vector_rollout(vector: gymnasium.vector.VectorEnv) -> list[Any]:
    """Observations, rewards and scenarios of a reset and three steps."""
    with_seed, info = vector.reset(seed=5)
    seen = [with_seed["centre"].copy(), info["scenario"].tolist(), info["pose"].copy()]
    for _ in range(3):
        observation, reward, _, _, info = vector.step(np.full((ENVIRONMENTS, 1), 0.01, np.float32))
        seen += [observation["centre"].copy(), reward.copy(), info["cross_track_error"].copy()]
    vector.close()
    return seen


@pytest.mark.parametrize("context", ["fork", "spawn"])
def test_vector_environments_of_processes_repeat_those_of_one_process(context: str) -> None:
    makers = [partial(DrivingEnv, camera=SMALL)] * ENVIRONMENTS
    alone = vector_rollout(SyncVectorEnv(makers))
    together = vector_rollout(AsyncVectorEnv(makers, context=context))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_record_video_writes_the_pictures_of_an_episode_at_the_rate_of_the_environment(
    tmp_path: Path,
) -> None:
    env = RecordVideo(
        gymnasium.make("PilotNet/Drive-v0", camera=SMALL, rate=20, render_mode="rgb_array"),
        str(tmp_path / "films"),
    )
    env.reset(seed=0)
    for _ in range(5):
        env.step(env.action_space.sample())
    env.close()
    (film,) = (tmp_path / "films").glob("*.mp4")
    with av.open(film) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == 20
        assert (stream.width, stream.height) == (48, 36)
        assert sum(1 for _ in container.decode(stream)) == 6


def test_frames_can_be_stacked() -> None:
    env = FrameStackObservation(gymnasium.make("PilotNet/Drive-v0", camera=SMALL), 4)
    observation, _ = env.reset(seed=0)
    assert observation["centre"].shape == (4, 36, 48, 3)
    assert observation in env.observation_space
    later, *_ = env.step(env.action_space.sample())
    assert np.array_equal(later["centre"][2], observation["centre"][3])
    assert not np.array_equal(later["centre"][3], observation["centre"][3])


# Minari's own advice on metadata, and its temporary folders, which it leaves to the garbage
# collector.
@pytest.mark.filterwarnings("ignore:.*:UserWarning:minari", "ignore:.*:ResourceWarning")
def test_minari_records_and_restores_episodes_with_their_infos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    env = gymnasium.make("PilotNet/Drive-v0", camera=SMALL)
    collector = minari.DataCollector(
        env, record_infos=True, data_format="arrow", jpeg_encoding=False
    )
    for seed in range(2):
        first, _ = collector.reset(seed=seed)
        for _ in range(4):
            collector.step(collector.action_space.sample())
    collector.create_dataset("pilotnet/tried-v0")
    collector.close()
    del collector
    gc.collect()
    dataset = minari.load_dataset("pilotnet/tried-v0")
    assert dataset.total_episodes == 2
    episode = dataset[1]
    assert np.array_equal(episode.observations["centre"][0], first["centre"])
    assert episode.infos["pose"].shape == (5, 3)
    assert Scenario(**json.loads(str(episode.infos["scenario"][0]))).split == "train"
    again = dataset.recover_environment()
    assert np.array_equal(again.reset(seed=1)[0]["centre"], first["centre"])


def learn(policy: str, env: gymnasium.Env, **features: int) -> PPO:
    """256 steps of PPO, with a small network."""
    network = {"features_extractor_kwargs": features}
    model = PPO(
        policy,
        env,
        n_steps=128,
        batch_size=128,
        n_epochs=1,
        device="cpu",
        seed=0,
        policy_kwargs=network,
    )
    return model.learn(256)


@pytest.mark.usefixtures("one_thread")
def test_stable_baselines_has_no_complaint_and_learns_by_ppo() -> None:
    env = gymnasium.make(
        "PilotNet/LaneKeeping-v0", suite="lane_keeping-small", camera=SMALL, length=200.0
    )
    check_env(env)
    model = learn("MultiInputPolicy", env, cnn_output_dim=16)
    assert model.num_timesteps == 256
    action, _ = model.predict(env.reset(seed=0)[0])
    assert env.action_space.contains(action)


@pytest.mark.usefixtures("one_thread")
def test_ppo_learns_from_the_front_camera_on_a_roundabout() -> None:
    env = FrontCamera(gymnasium.make("roundabout-v1", config={"simulation_frequency": 2}), SMALL)
    assert learn("CnnPolicy", env, features_dim=16).num_timesteps == 256
