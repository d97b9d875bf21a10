"""Roads: what a plan is (plan), the kinds of road (kinds), and the lanes as HighwayEnv knows them
(network).
"""
