# A battery that fails without having carried anything: its connector and wiring; one that gives out soon after it began: capacity and charging
# besides. Both in words, in the row and in what is published.
rows FA-06
site battery
without battery
without alarm panel-1/battery-low
00:05 set panel-1/battery-low=true
00:08 expect alarm panel-1/battery-low:backup-fault sounding "carried no load" "connector and wiring"
00:08 expect event cause-judged "cause:battery-connection"
00:08 expect published alarm/ "检查电池接插件和连线"
01:00 set panel-2/mains=false panel-2/on-battery=true
03:00 set panel-2/battery-low=true
03:05 expect alarm panel-2/battery-low:backup-fault "After only 0 h 2 min on battery" "its capacity and its charging"
03:05 expect published alarm/ "电池仅供电0小时2分即报故障"
03:10 end
