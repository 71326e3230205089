# Somebody smells it: the row says what must be done at once, and stays until somebody acknowledges it.
rows FA-08
site small
without act
00:01 set panel-1/l2-d14.inactive=true
00:05 abnormal li panel-1 smells burnt
00:05 expect event abnormal-reported "smells burnt"
00:06 expect alarm panel-1/abnormal:emergency unacknowledged sounding "Switch off its power at once"
00:06 expect alarm panel-1/abnormal:emergency unacknowledged "post a fire watch"
00:06 expect published alarm/ "notify the responsible parties"
00:10 ack wang panel-1/abnormal:emergency
00:11 expect none panel-1/abnormal:emergency
00:12 end
