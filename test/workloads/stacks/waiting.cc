// SPDX-License-Identifier: MIT
// A C++ program as a distribution builds it: waits inside the standard library's primitives, under
// virtual calls, std::function, an exception being handled and a frame that realigns the stack.
//
// usage: waiting-cc SECONDS

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <future>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;

namespace {

std::atomic<bool> over{false};

struct Task {
  virtual ~Task() = default;
  virtual void run() = 0;
};

struct Sleep final : Task {
  __attribute__((noinline)) void run() override { std::this_thread::sleep_for(2ms); }
};

template <int Depth>
struct Nested {
  __attribute__((noinline)) static void run(Task& task) {
    volatile char frame[32 + Depth] = {};
    Nested<Depth - 1>::run(task);
    frame[0] = frame[Depth];
  }
};

template <>
struct Nested<0> {
  static void run(Task& task) { task.run(); }
};

/// Its local wants more alignment than a call gives: the frame's base is kept in another register.
__attribute__((noinline)) void runRealigned(Task& task) {
  alignas(64) volatile char wide[128] = {};
  task.run();
  wide[0] = wide[1];
}

__attribute__((noinline)) void runInHandler(Task& task) {
  try {
    throw std::runtime_error("wanted");
  } catch (const std::exception&) {
    task.run();
  }
}

class Queue {
 public:
  int take() {
    std::unique_lock lock{mutex_};
    filled_.wait_for(lock, 3ms, [this] { return length_ > 0; });
    return std::exchange(length_, 0);
  }
  void put() {
    std::lock_guard lock{mutex_};
    ++length_;
    filled_.notify_one();
  }

 private:
  std::mutex mutex_;
  std::condition_variable filled_;
  int length_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 5;
  Queue queue;
  Sleep sleep;
  const std::vector<std::function<void()>> roles{
      [&] { Nested<9>::run(sleep); },
      [&] { runRealigned(sleep); },
      [&] { runInHandler(sleep); },
      [&] { queue.take(); },
      [&] { std::this_thread::sleep_for(4ms); queue.put(); },
      [&] { std::async(std::launch::async, [&] { sleep.run(); return std::string{"done"}; }).get(); },
  };
  std::vector<std::thread> threads;
  for (const auto& role : roles) threads.emplace_back([&role] { while (!over) role(); });
  std::this_thread::sleep_for(std::chrono::seconds{seconds});
  over = true;
  for (auto& thread : threads) thread.join();
}
