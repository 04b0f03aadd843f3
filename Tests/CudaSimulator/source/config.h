// Settings: one value a variable of the environment, changeable while running by mcsimConfigure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace mcsim {

enum class Order { Forward, Reverse, Random, Interleaved };
enum class StreamMode { Deferred, Random, Immediate };
enum class Refusal { None, Hashed, Epilogues, All };

struct Config {
    Order order = Order::Forward;
    StreamMode streams = StreamMode::Deferred;
    uint64_t seed = 1;
    bool lock = true;
    bool poison = true;
    bool check = false;
    bool trace = false;
    bool stagedPageable = false;
    size_t alignment = 16;
    size_t memory = size_t(4) << 30;
    int devices = 1;
    int computeCapability = 90;
    int multiprocessors = 8;
    int driverVersion = 13000;
    int nvrtcMajor = 13, nvrtcMinor = 0;
    int libraryVersion = 130000;
    double timeout = 60;
    Refusal refusal = Refusal::None;
    unsigned refusalModulus = 8;
    std::string cache;
    std::string compiler = "g++";
    std::string failFunction;
    long long failCall = 0;
    int failCode = 0;
};

/// Read from the environment on first use.
Config& config();

/// False if the name or the value is unknown.
bool configure(const std::string& name, const std::string& value);

/// A generator that depends on the seed alone; separate streams of numbers for separate purposes.
class Random {
public:
    explicit Random(uint64_t purpose) : purpose_(purpose) {}
    uint64_t next();
    unsigned below(unsigned count) { return unsigned(next() % count); }
    void reset() { started_ = false; }
private:
    uint64_t purpose_, state_ = 0;
    uint64_t seed_ = 0;
    bool started_ = false;
};

}
