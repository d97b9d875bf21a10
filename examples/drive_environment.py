"""Drive the Gymnasium environment with a proportional controller and print the reward."""

import gymnasium
import numpy as np

STEERING_GAIN = 0.6  # normalised steering per metre of cross-track error
HEADING_GAIN = 3.0  # normalised steering per radian of heading error

env = gymnasium.make("sim:PilotNet/Drive-v0", cameras=[])
observation, info = env.reset(seed=3, options={"road": "rural", "length": 100.0})
reward_sum = 0.0
terminated = truncated = False
while not (terminated or truncated):
    steering = -STEERING_GAIN * info["cross_track_error"] - HEADING_GAIN * info["heading_error"]
    steering += info["path_curvature"] / 0.2  # 0.2 1/m is full steering
    action = np.array([np.clip(steering, -1.0, 1.0)], np.float32)
    observation, reward, terminated, truncated, info = env.step(action)
    reward_sum += float(reward)
print(f"reward: {reward_sum:.1f} m")
