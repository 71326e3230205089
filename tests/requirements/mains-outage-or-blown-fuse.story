# The panel says that its mains are gone. When the transfer switch and the emergency lighting
# have lost theirs too, it is an outage, the rest folds under the first row and only one sounds; when they have theirs, it is the
# panel's own wiring or fuse. Both are said in words, in what is published too.
rows FA-05
site mains
without alarm panel-1/ps1
00:05 set panel-1/ps1.emergency=true
00:15 expect alarm panel-1/ps1:mains-fault sounding "its fuse" "mains right"
00:15 expect event cause-judged "cause:local" "Emergency lighting"
00:15 expect published alarm/ "熔断器"
00:20 set panel-1/ps1.emergency=false
00:25 ack li panel-1/ps1:mains-fault
00:30 expect none panel-1/ps1:mains-fault
01:00 set ats-1/normal-supply=false light-1/mains=false light-1/on-battery=true
01:10 expect alarm ats-1/normal-supply:mains-fault
01:15 set panel-1/ps1.emergency=true
01:25 expect alarm panel-1/ps1:mains-fault silent "A mains outage"
01:25 expect event cause-judged "cause:outage" "under:"
01:25 expect published alarm/ "判断为市电停电"
01:30 end
