# The gate: role, control, point, verb, discharge, clock. A refused command decides nothing.
00:10 command wall pump-1/pump stop
00:11 command li panel-1/silence silence
00:12 command li nowhere/pump stop
00:13 command li pump-1/pumpe stop
00:14 command li pump-1/pump reset
00:15 command li panel-2/d1 start
00:16 command li panel-2/gas start
00:17 arm chen panel-2/gas start
00:18 arm li pump-1/pump stop
00:19 command li pump-1/prime prime
00:20 command chen pump-1/prime prime
00:21 command li pump-1/set-clock set-clock
00:22 command zhao pump-1/set-clock set-clock
00:23 clock untrusted
00:24 command zhao pump-1/set-clock set-clock
