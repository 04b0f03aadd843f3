// Reads settings; see config.h and the README for what they mean.
#include "config.h"
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <stdexcept>

namespace mcsim {
namespace {

bool readFlag(const std::string& value) {
    if (value == "1" || value == "on") return true;
    if (value == "0" || value == "off") return false;
    throw std::invalid_argument(value);
}

size_t readBytes(const std::string& value) {
    size_t end = 0;
    double number = std::stod(value, &end);
    std::string unit = value.substr(end);
    double scale = unit.empty() ? 1 : unit == "K" ? 1024.0 : unit == "M" ? 1048576.0 : unit == "G" ? 1073741824.0 : 0;
    if (scale == 0 || number <= 0) throw std::invalid_argument(value);
    return size_t(number * scale);
}

template<class T> T choose(const std::string& value, const std::map<std::string, T>& choices) {
    auto found = choices.find(value);
    if (found == choices.end()) throw std::invalid_argument(value);
    return found->second;
}

void readRefusal(Config& c, const std::string& value) {
    if (value.rfind("hash:", 0) == 0) {
        c.refusalModulus = unsigned(std::stoul(value.substr(5)));
        if (c.refusalModulus == 0) throw std::invalid_argument(value);
        c.refusal = Refusal::Hashed;
        return;
    }
    c.refusal = choose<Refusal>(value, { { "none", Refusal::None }, { "epilogues", Refusal::Epilogues },
                                         { "all", Refusal::All } });
}

/// "cuGraphLaunch:3:700": the third call from now returns 700, and every later call if the code is one that stays.
void readFailure(Config& c, const std::string& value) {
    if (value.empty()) { c.failFunction.clear(); return; }
    size_t first = value.find(':'), second = value.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) throw std::invalid_argument(value);
    c.failCall = std::stoll(value.substr(first + 1, second - first - 1));
    c.failCode = std::stoi(value.substr(second + 1));
    c.failFunction = value.substr(0, first);
}

using Setter = std::function<void(Config&, const std::string&)>;

const std::map<std::string, Setter>& setters() {
    static const std::map<std::string, Setter> table = {
        { "MCSIM_ORDER", [](Config& c, const std::string& v) {
            c.order = choose<Order>(v, { { "forward", Order::Forward }, { "reverse", Order::Reverse },
                                         { "random", Order::Random }, { "interleaved", Order::Interleaved } }); } },
        { "MCSIM_STREAMS", [](Config& c, const std::string& v) {
            c.streams = choose<StreamMode>(v, { { "deferred", StreamMode::Deferred }, { "random", StreamMode::Random },
                                                { "immediate", StreamMode::Immediate } }); } },
        { "MCSIM_SEED", [](Config& c, const std::string& v) { c.seed = std::stoull(v); } },
        { "MCSIM_LOCK", [](Config& c, const std::string& v) { c.lock = readFlag(v); } },
        { "MCSIM_POISON", [](Config& c, const std::string& v) { c.poison = readFlag(v); } },
        { "MCSIM_CHECK", [](Config& c, const std::string& v) { c.check = readFlag(v); } },
        { "MCSIM_TRACE", [](Config& c, const std::string& v) { c.trace = readFlag(v); } },
        { "MCSIM_PAGEABLE", [](Config& c, const std::string& v) {
            c.stagedPageable = choose<bool>(v, { { "late", false }, { "staged", true } }); } },
        { "MCSIM_ALIGN", [](Config& c, const std::string& v) {
            size_t a = readBytes(v);
            if (a & (a - 1) || a > 4096) throw std::invalid_argument(v);
            c.alignment = a; } },
        { "MCSIM_MEMORY", [](Config& c, const std::string& v) { c.memory = readBytes(v); } },
        { "MCSIM_DEVICES", [](Config& c, const std::string& v) { c.devices = std::stoi(v); } },
        { "MCSIM_CC", [](Config& c, const std::string& v) { c.computeCapability = std::stoi(v); } },
        { "MCSIM_MULTIPROCESSORS", [](Config& c, const std::string& v) {
            c.multiprocessors = std::stoi(v);
            if (c.multiprocessors < 1) throw std::invalid_argument(v); } },
        { "MCSIM_DRIVER_VERSION", [](Config& c, const std::string& v) { c.driverVersion = std::stoi(v); } },
        { "MCSIM_NVRTC_VERSION", [](Config& c, const std::string& v) {
            size_t dot = v.find('.');
            c.nvrtcMajor = std::stoi(v);
            c.nvrtcMinor = dot == std::string::npos ? 0 : std::stoi(v.substr(dot + 1)); } },
        { "MCSIM_CUBLAS_VERSION", [](Config& c, const std::string& v) { c.libraryVersion = std::stoi(v); } },
        { "MCSIM_TIMEOUT", [](Config& c, const std::string& v) { c.timeout = std::stod(v); } },
        { "MCSIM_LT_REFUSE", readRefusal },
        { "MCSIM_CACHE", [](Config& c, const std::string& v) { c.cache = v; } },
        { "MCSIM_CXX", [](Config& c, const std::string& v) { c.compiler = v; } },
        { "MCSIM_FAIL", readFailure },
    };
    return table;
}

bool apply(Config& c, const std::string& name, const std::string& value) {
    auto found = setters().find(name);
    if (found == setters().end()) return false;
    try {
        found->second(c, value);
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

Config fromEnvironment() {
    Config c;
    for (const auto& setter : setters())
        if (const char* value = std::getenv(setter.first.c_str()))
            if (!apply(c, setter.first, value))
                std::fprintf(stderr, "mcsim: %s=%s is not understood and ignored\n", setter.first.c_str(), value);
    const char* blocking = std::getenv("CUDA_LAUNCH_BLOCKING");
    if (blocking && std::string(blocking) == "1") c.streams = StreamMode::Immediate;
    return c;
}

}

Config& config() {
    static Config instance = fromEnvironment();
    return instance;
}

bool configure(const std::string& name, const std::string& value) { return apply(config(), name, value); }

uint64_t Random::next() {
    if (!started_ || seed_ != config().seed) {
        started_ = true;
        seed_ = config().seed;
        state_ = seed_ * 0x9e3779b97f4a7c15ull + purpose_;
    }
    // splitmix64 (Steele, Lea, Flood 2014).
    uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

}
