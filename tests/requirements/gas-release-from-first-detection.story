# Gas extinguishing as its controller does it: first detection, delay, abort held, abort released, release, agent flows. Every
# state is shown, and the room stays closed until it was ventilated and reset.
rows GX-01
site extinguishing
without alarm gas-1/pre-alarm
without alarm gas-1/delay
without alarm gas-1/aborted
without alarm gas-1/release-output
without alarm gas-1/released
without latch discharge
00:05 set gas-1/pre-alarm=true
00:08 expect alarm gas-1/pre-alarm:prealarm "get the people out"
00:10 set gas-1/delay=true gas-1/spray-allowed=true
00:13 expect alarm gas-1/delay:delay active
00:20 set gas-1/delay=false gas-1/aborted=true
00:23 expect alarm gas-1/aborted:supervisory "nothing is released while it is held"
00:23 expect none gas-1/released:discharge
00:30 set gas-1/aborted=false gas-1/delay=true
01:00 set gas-1/delay=false gas-1/release-output=true
01:03 expect alarm gas-1/release-output:start
01:04 set gas-1/released=true
01:07 expect alarm gas-1/released:discharge active sounding unacknowledged "Nobody enters"
01:07 expect event incident-opened
01:07 expect published alarm/ "gas-1/released:discharge"
01:20 set gas-1/released=false
01:26 ack li gas-1/released:discharge
01:30 expect alarm gas-1/released:discharge latched quiet
01:35 end
