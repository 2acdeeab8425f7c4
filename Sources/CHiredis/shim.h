// The parts of hiredis that RedisWire uses: its RESP reader and its command formatter.
#ifndef SIGNALING_CLUSTER_CHIREDIS_SHIM_H
#define SIGNALING_CLUSTER_CHIREDIS_SHIM_H

#include <hiredis/hiredis.h>
#include <hiredis/read.h>

#endif
