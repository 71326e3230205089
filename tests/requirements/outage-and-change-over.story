# The supply fails: the panel says that the street is dark and not a breaker, the transfer switch changes over, and the rest is as it
# was. A switch that does not change over, or stands on neither supply, is told with what to do.
rows PW-01
site supply
without alarm lv-1/phase-lost
without alarm ats-1/normal-supply
without alarm ats-1/on-backup
without alarm ats-1/not-changed-over
without alarm ats-1/no-position
without alarm ats-1/auto
00:05 set lv-1/voltage-l1-l2=0 lv-1/voltage-l2-l3=0 lv-1/voltage-l3-l1=0 lv-1/phases-healthy=false lv-1/current=0 ats-1/normal-supply=false
00:20 expect alarm lv-1/phase-lost:mains-fault sounding "Find out whether the street is dark"
00:20 expect none lv-1/incoming-tripped:supervisory
00:20 expect none lv-1/voltage-l1-l2:limit:low
00:20 expect alarm ats-1/normal-supply:mains-fault
00:45 expect alarm ats-1/not-changed-over:supervisory "Change over by hand"
00:50 set ats-1/on-normal=false
01:05 expect alarm ats-1/no-position:supervisory "fire loads are dead"
01:10 set ats-1/on-backup=true
01:15 expect alarm ats-1/on-backup:feedback active
01:20 set ats-1/auto=false ats-1/manual=true
01:30 expect alarm ats-1/auto:supervisory
01:35 end
