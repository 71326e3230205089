# A panel on its battery: the time is counted; at the permitted time (ten minutes here) the advice is to switch the backup switch OFF, with the
# words that the panel will be dead and that a fire watch must be posted; the battery that gives out is explained by its time;
# when the mains return the advice is to switch it ON again.
rows FA-06 FA-09
site battery
without battery
without edit site.toml | battery-time = "10m" | battery-time = "72h"
without status panel-1/on-battery
00:05 set panel-1/mains=false panel-1/on-battery=true
00:08 expect event battery-began "Panel 1" "limit"
00:10 expect alarm panel-1/mains-lost:mains-fault sounding
# The battery carries the load because the mains are lost: that row folds, and is judged by nothing else.
00:10 expect events cause-judged = 1
09:50 expect none panel-1/battery-limit:backup-fault
10:10 expect event battery-limit
10:10 expect alarm panel-1/battery-limit:backup-fault sounding "Switch the backup switch OFF" "The panel will be dead" "post a fire watch" "on battery for the permitted 0 h 10 min"
10:10 expect published alarm/ "将备电开关置于关闭" "专人现场值守"
10:20 ack li panel-1/battery-limit:backup-fault panel-1/mains-lost:mains-fault
11:00 set panel-1/battery-low=true
11:05 expect alarm panel-1/battery-low:backup-fault sounding "longer than the permitted 0 h 10 min"
11:05 expect event cause-judged "battery-exhausted"
11:05 expect published alarm/ "超过允许的0小时10分"
12:00 set panel-1/mains=true panel-1/on-battery=false
12:05 expect event battery-ended
12:05 expect none panel-1/battery-limit:backup-fault
12:05 expect alarm panel-1/battery-switch:backup-fault sounding "Switch the backup switch ON again" "the fire watch may end"
12:05 expect published alarm/ "将备电开关置于打开"
12:10 end
