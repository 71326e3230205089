# A gas system that would not release, or that releases by itself: in manual, cylinder low, lost supplies, an output without agent,
# agent without an output, a door open while the delay runs.
rows GX-01
site extinguishing
without alarm gas-1/auto
without alarm gas-1/cylinder-low
without alarm gas-1/not-released
without alarm gas-1/release-without-output
without alarm gas-1/door-closed
without alarm gas-1/mains
without alarm gas-1/battery-low
without alarm gas-1/fault
00:05 set gas-1/auto=false gas-1/manual=true gas-1/cylinder-low=true gas-1/mains=false gas-1/battery-low=true gas-1/fault=true
00:12 expect alarm gas-1/auto:supervisory
00:12 expect alarm gas-1/cylinder-low:supervisory "replaced or filled"
00:12 expect alarm gas-1/mains:mains-fault
00:12 expect alarm gas-1/battery-low:backup-fault
00:12 expect alarm gas-1/fault:fault
00:20 set gas-1/release-output=true gas-1/door-closed=false
00:24 expect alarm gas-1/door-closed:fault
00:35 expect alarm gas-1/not-released:supervisory "mechanical emergency start"
00:40 set gas-1/release-output=false gas-1/released=true
00:50 expect alarm gas-1/release-without-output:fault
00:50 expect alarm gas-1/released:discharge
00:55 end
