// SPDX-License-Identifier: MIT
// A Rust program in release mode: waits in channels, a mutex, a condition variable, sleeps and joins,
// under closures and trait objects.
//
// usage: waiting-rs SECONDS

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{mpsc, Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

trait Task: Send {
    fn run(&self);
}

struct Sleep(u64);

impl Task for Sleep {
    #[inline(never)]
    fn run(&self) {
        thread::sleep(Duration::from_micros(self.0));
    }
}

#[inline(never)]
fn nested(depth: u32, task: &dyn Task) -> u32 {
    if depth == 0 {
        task.run();
        return 0;
    }
    let frame = [depth; 8];
    nested(depth - 1, task) + std::hint::black_box(frame)[3]
}

fn main() {
    let seconds: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(5);
    let over = Arc::new(AtomicBool::new(false));
    let lock = Arc::new(Mutex::new(0u64));
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let mut threads = Vec::new();
    let (sender, receiver) = mpsc::channel::<Box<dyn Task>>();

    let mut begin = |work: Box<dyn Fn() + Send>| {
        let over = over.clone();
        threads.push(thread::spawn(move || {
            while !over.load(Ordering::Relaxed) {
                work();
            }
        }));
    };
    begin(Box::new(|| {
        nested(8, &Sleep(2000));
    }));
    for _ in 0..2 {
        let lock = lock.clone();
        begin(Box::new(move || {
            *lock.lock().unwrap() += 1;
            let _held = lock.lock().unwrap();
            Sleep(1500).run();
        }));
    }
    let waited = gate.clone();
    begin(Box::new(move || {
        let guard = waited.0.lock().unwrap();
        drop(waited.1.wait_timeout(guard, Duration::from_millis(3)));
    }));
    begin(Box::new(move || {
        gate.1.notify_all();
        Sleep(2500).run();
    }));
    begin(Box::new(move || {
        if let Ok(task) = receiver.recv_timeout(Duration::from_millis(5)) {
            task.run();
        }
    }));
    begin(Box::new(move || {
        let _ = sender.send(Box::new(Sleep(1000)));
        Sleep(3000).run();
    }));
    begin(Box::new(|| thread::spawn(|| Sleep(2000).run()).join().unwrap()));
    thread::sleep(Duration::from_secs(seconds));
    over.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
}
