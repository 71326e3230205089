# The static pressure at the worst hydrant and the working pressure at the worst sprinkler against 0.07 and 0.05 MPa; the pressure tank: low, not
# tight (its jockey pump starts too often, or runs on, though nobody uses water), and a gauge that does not agree.
rows FW-07
site fire-main
without alarm main-1/hydrant-low
without alarm main-1/sprinkler-low
without alarm main-1/tank-low
without alarm main-1/not-tight
without alarm main-1/runs-on
without alarm main-1/gauge-wrong
00:05 set main-1/hydrant=0.07 main-1/sprinkler=0.05
00:30 expect none main-1/hydrant-low:supervisory
00:30 expect none main-1/sprinkler-low:supervisory
00:35 set main-1/hydrant=0.069
00:55 expect alarm main-1/hydrant-low:supervisory sounding "high-level tank"
00:55 expect published alarm/ "最不利点消火栓静水压力不足"
01:00 set main-1/sprinkler=0.049
01:20 expect alarm main-1/sprinkler-low:supervisory sounding "alarm valve"
01:25 set main-1/hydrant=0.15 main-1/sprinkler=0.12 main-1/tank=0.19 main-1/gauge-high=true
01:50 expect alarm main-1/tank-low:supervisory
01:50 expect alarm main-1/gauge-wrong:fault "Compare both with a test gauge"
01:55 set main-1/tank=0.35 main-1/gauge-high=false
02:00 set main-1/jockey=true main-1/flow=true
03:30 expect none main-1/runs-on:fault
03:35 set main-1/flow=false
04:45 expect alarm main-1/runs-on:fault sounding "nobody uses water"
04:50 set main-1/jockey=false
05:00 ramp main-1/starts to 420 over 30m
61:00 expect point main-1/starts-an-hour 20
61:10 expect alarm main-1/not-tight:fault sounding "not tight"
61:15 end
