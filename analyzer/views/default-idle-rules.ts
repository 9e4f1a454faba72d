// The rules by which waiting is idling unless others are given, with the reason for each: their text
// is what `--idle-rules` takes, so that it can be copied, changed and given back. They err towards
// showing: what is called idle here is hidden by `--idle hide`, and whoever hides a wait that hurts
// has hidden the answer.

import { parseIdleRules } from "./idle-rules.js";
import type { IdleRules } from "./idle-rules.js";

export const defaultIdleRulesText = `
# Kernel threads say themselves that they have no work: TASK_IDLE.
state idle

# Older kernel threads sleep interruptibly for want of work; what they wait for on somebody's behalf
# (a disk, a lock) they wait for uninterruptibly. Except wherever a call names what they do.
thread kernel and state interruptible

# Event loops: a server without requests is in one of these. A client that waits for one answer may
# be, too; what it waits for then shows at whoever answers.
syscall epoll_wait epoll_pwait epoll_pwait2 epoll_wait_old poll ppoll ppoll_time64
syscall select _newselect pselect6 pselect6_time64

# The same with io_uring and Linux aio: completions are fetched where events are awaited.
syscall io_uring_enter io_getevents io_pgetevents io_pgetevents_time64

# Listeners, and daemons that wait for a signal, a child or a message.
syscall accept accept4
syscall rt_sigtimedwait rt_sigtimedwait_time64 rt_sigsuspend sigsuspend pause
syscall mq_timedreceive mq_timedreceive_time64 msgrcv

# Tickers: whoever sleeps by the clock asked for exactly that.
syscall nanosleep clock_nanosleep clock_nanosleep_time64

# Threads of a pool park in a futex as threads do that want a lock. A lock is rarely held for a tenth
# of a second at each wait; a pool without work is parked for longer. A lock that is held that long
# is hidden by this line: look for it with --idle show.
syscall futex futex_time64 futex_waitv futex_wait and mean 100ms

# A supervisor waits for its child as long as that lives: in shells, containers and init.
syscall wait4 waitid waitpid and mean 1s

# A terminal waits for a person.
stack /^(n_tty_read|tty_read)$/
`;

/** The text's rules. */
export const defaultIdleRules: IdleRules = parseIdleRules(defaultIdleRulesText, "default idle rules");
