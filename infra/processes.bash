# Starting, watching and ending the processes of one run; sourced by infra/cluster/up and infra/bench/run.
#
# Every process is started by `start`, runs in its own process group (a Ctrl-C of the terminal reaches only the script),
# and is noted in $state/pids until it has been seen to end. `end_all` ends exactly these, by process id. If the script
# itself is killed, the guard does it.
#
# shellcheck shell=bash

PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

# prepare DIRECTORY: a fresh place for logs, process ids and secrets.
prepare() {
    state=$1
    if [ -s "$state/pids" ] && [ -n "$(living)" ]; then
        echo "$state belongs to a run that is still there ($(living | tr '\n' ' ')): end that one first." >&2
        exit 1
    fi
    mkdir -p "$state"
    rm -f "$state"/*.log
    : >"$state/pids"
    starting=no
    wanted_status=
    trap end_all EXIT
    trap 'stop 0' INT
    trap 'stop 143' TERM HUP
    exec 9> >(guard)
}

# stop STATUS: exits, but never between the birth of a process and its note.
stop() {
    wanted_status=$1
    [ "$starting" = yes ] || exit "$1"
}

# The guard reads from a pipe that only the script writes to: its end is the script's end, however that came.
guard() {
    trap '' INT TERM HUP
    cat >/dev/null
    sleep 0.2
    [ ! -e "$state/pids" ] || end_all
}

# start NAME COMMAND…: runs the command with its output in $state/NAME.log; its process id is then in $pid. The process
# notes itself, and keeps the guard's pipe open until it has.
start() {
    local name=$1
    shift
    starting=yes
    set -m
    # shellcheck disable=SC2016
    sh -c 'echo "$2 $$ ${3##*/}" >>"$1/pids"; shift 2; exec "$@" 9>&-' start "$state" "$name" "$@" \
        >"$state/$name.log" 2>&1 </dev/null &
    set +m
    pid=$!
    disown "$pid"
    until grep -q "^$name $pid " "$state/pids" || ! is_alive "$pid"; do sleep 0.01; done
    starting=no
    [ -z "$wanted_status" ] || exit "$wanted_status"
}

# The lines `NAME PID` of all that still run: children of this script, or, when it is gone, what still has the name of
# the program. A process id that somebody else has by now does not count.
living() {
    local all name number program
    all=$(ps -o pid=,ppid=,comm= -p "$(awk '{ printf "%s%s", comma, $2; comma = "," }' "$state/pids")" 2>/dev/null)
    while read -r name number program; do
        if grep -Eq "^ *$number +($$ .*|[0-9]+ +(.*/)?$program)\$" <<<"$all"; then echo "$name $number"; fi
    done <"$state/pids"
}

is_alive() { kill -0 "$1" 2>/dev/null; }

# Last started, first ended. SIGINT lets a node close its sockets at once, where SIGTERM would drain it for seconds.
end_all() {
    set +e
    trap '' EXIT HUP PIPE
    hurry=no
    trap 'hurry=yes' INT TERM
    local name number tries=0
    [ -z "$(living)" ] || echo "Ending $(living | cut -d ' ' -f 1 | tr '\n' ' ')…"
    while read -r name number; do
        case $name in
        n[0-9]*) kill -INT "$number" ;;
        *) kill -TERM "$number" ;;
        esac
    done < <(living | sed '1!G;h;$!d') 2>/dev/null
    while [ -n "$(living)" ]; do
        tries=$((tries + 1))
        if [ "$tries" -ge 80 ] || [ "$hurry" = yes ]; then
            while read -r name number; do kill -KILL "$number"; done < <(living) 2>/dev/null
        fi
        sleep 0.1
    done
    rm -f "$state/pids" "$state/secret"
}

is_port_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# require_port PORT VARIABLE PURPOSE
require_port() {
    if ! [[ $1 =~ ^[0-9]+$ ]] || [ "$1" -lt 1 ] || [ "$1" -gt 65535 ]; then
        echo "$2=$1 is not a port." >&2
        exit 1
    fi
    if is_port_busy "$1"; then
        echo "Port $1 ($3) is in use by another process: stop that one, or set $2 to a free port." >&2
        exit 1
    fi
}

free_port() {
    local port
    while :; do
        port=$((20000 + RANDOM % 12000))
        is_port_busy "$port" || break
    done
    echo "$port"
}

# await NAME PID CHECK…: waits until the check succeeds; says why if the process ends or ten seconds pass.
await() {
    local name=$1 pid=$2 tries=0
    shift 2
    until "$@"; do
        tries=$((tries + 1))
        if ! is_alive "$pid"; then
            echo "$name did not start. The end of $state/$name.log:" >&2
            tail -n 5 "$state/$name.log" >&2
            exit 1
        fi
        if [ "$tries" -ge 100 ]; then
            echo "$name is not ready after 10 s. The end of $state/$name.log:" >&2
            tail -n 5 "$state/$name.log" >&2
            exit 1
        fi
        sleep 0.1
    done
}

redis_answers() {
    local answer
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'PING\r\n' >&3
    read -r -t 1 answer <&3
    exec 3>&-
    [[ $answer == +PONG* ]]
}

# http_answers PORT PATH: whether the status is 200.
http_answers() {
    local line
    { exec 3<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$2" >&3
    read -r -t 2 line <&3
    exec 3>&-
    [[ $line == "HTTP/1.1 200"* ]]
}

# random_secret: 256 bits in hexadecimal.
random_secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }

# start_redis PORT: nothing is written to the disk.
start_redis() {
    local version
    version=$(redis-server --version | sed -n 's/.* v=\([0-9]*\)\..*/\1/p')
    if [ "${version:-7}" -lt 7 ]; then
        echo "redis-server is version $version, and the scripts of the cluster need 7 or later." >&2
        exit 1
    fi
    start redis redis-server --port "$1" --bind 127.0.0.1 --save '' --appendonly no --dir "$state"
    await redis "$pid" redis_answers "$1"
}
