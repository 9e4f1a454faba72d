// What part of the kernel a thread waits in, in words that say more than a function's name does to
// whoever does not read the kernel's source: "ext4 journal", "page cache", "Unix socket". From the
// names of the frames alone; where none of them is known here, the innermost function has to do.

import type { Analysis } from "../analysis.js";
import { frameName } from "./frame-names.js";

/**
 * Words by frame, the most telling first: a wait for the disk is found below many frames, and what it
 * is for (a journal's commit, a page fault, reclaim) says more than that it is for the disk.
 */
const places: readonly (readonly [RegExp, string])[] = [
  [/^(__alloc_pages_direct_reclaim|try_to_free_pages|shrink_node|do_try_to_free_pages)/, "memory reclaim"],
  [/^balance_dirty_pages/, "throttled for dirty pages"],
  [/^(__)?(swap_readpage|do_swap_page|swapin_)/, "swap-in"],
  [/^mem_cgroup_.*(reclaim|oom|charge)/, "memory limit of a cgroup"],
  [/^(throttle_cfs_rq|cfs_rq_throttle|task_throttle)/, "CPU quota of a cgroup"],
  [/^jbd2_/, "ext4 journal"],
  [/^xfs_(log|cil|trans_reserve|buf_iowait)|^xlog_/, "xfs log"],
  [/^btrfs_(wait_for_commit|commit_transaction|sync_log)/, "btrfs transaction"],
  [/^nfs\d?_|^rpc_(wait|call)/, "NFS"],
  [/^(cifs|smb2)_/, "SMB"],
  [/^ceph_/, "Ceph"],
  [/^fuse_/, "FUSE"],
  [/^(p9_|v9fs_)/, "9p"],
  [/^(blkdev_issue_flush|__blkdev_issue_flush|submit_bio_wait)/, "disk flush"],
  [/^ext4_/, "ext4"],
  [/^xfs_/, "xfs"],
  [/^btrfs_/, "btrfs"],
  [/^(filemap_fault|do_fault|__do_fault|handle_mm_fault)/, "page fault on a file"],
  [/^(folio_wait|__folio_lock|wait_on_page|__lock_page|filemap_)/, "page cache"],
  [/^(io_schedule|blk_|__blk|submit_bio|bio_wait)/, "block I/O"],
  [/^(futex_|__futex|do_futex)/, "lock or condition in user space"],
  [/^(do_wait$|kernel_wait|do_wait_)/, "child process"],
  [/^(ep_poll|do_epoll_wait)/, "events of file descriptors"],
  [/^(do_sys_poll|do_poll|do_select|poll_schedule|core_sys_select)/, "events of file descriptors"],
  [/^(hrtimer_nanosleep|do_nanosleep|common_nsleep)/, "the clock"],
  [/^(pipe_|anon_pipe_|wait_for_partner)/, "pipe"],
  [/^unix_/, "Unix socket"],
  [/^(tcp_|inet_csk_)/, "TCP"],
  [/^(udp_|__skb_wait|skb_wait|sk_wait|sock_)/, "socket"],
  [/^(n_tty_|tty_)/, "terminal"],
  [/^(rwsem_|down_read|down_write)/, "reader-writer lock of the kernel"],
  [/^(__mutex_|mutex_lock)/, "mutex of the kernel"],
  [/^(__synchronize_|synchronize_|rcu_barrier|wait_rcu)/, "RCU grace period"],
  [/^(io_cqring_wait|io_wq)/, "io_uring"],
  [/^worker_thread$/, "work queue"],
];

/** The words for kernel stacks, rows of `analysis.stacks`; "" for the empty one. */
export function kernelPlaces(analysis: Analysis): (stack: number) => string {
  const known = new Map<number, string>();
  return (stack) => {
    let place = known.get(stack);
    if (place === undefined) known.set(stack, (place = placeOf(namesOf(analysis, stack))));
    return place;
  };
}

/** Leaf first. */
function namesOf(analysis: Analysis, stack: number): string[] {
  const { stacks } = analysis;
  const names: string[] = [];
  for (let node = stack; node !== 0; node = stacks.prefix[node]!) names.push(frameName(analysis, stacks.frame[node]!));
  return names;
}

function placeOf(names: readonly string[]): string {
  return places.find(([pattern]) => names.some((name) => pattern.test(name)))?.[1] ?? names[0] ?? "";
}
