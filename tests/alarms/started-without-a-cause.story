site linkages
# A fire pump starts, and nobody knows why.
00:01 status lp/start-manual-allowed true pump-9/running false fan-1/running false
00:10 status pump-9/running true
00:25 status pump-9/running false
00:26 ack li pump-9/unexplained:supervisory
# A start that its panel tells of explains it, also when it is read later; so does a person's command.
00:30 status fan-1/running true
00:33 edge fan-1/fan:start true
00:45 command li pump-9/run start
00:46 status pump-9/running true
01:00 wait
