// Call counts, trace, report; and the exported functions that read them.
#include "log.h"
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <map>
#include <vector>
#include "../api/mcsim.h"
#include "config.h"
#include "device.h"

namespace mcsim {
namespace {

struct Log {
    std::map<std::string, long long> calls, kernels;
    std::vector<std::string> trace, findings;
    CUresult sticky = CUDA_SUCCESS;
};

Log& theLog() {
    static Log instance;
    return instance;
}

bool isSticky(CUresult code) {
    return code == CUDA_ERROR_ILLEGAL_ADDRESS ||
           (code >= CUDA_ERROR_LAUNCH_TIMEOUT && code <= CUDA_ERROR_LAUNCH_FAILED);
}

CUresult injected(const char* function) {
    Config& c = config();
    if (c.failFunction != function || --c.failCall > 0) return CUDA_SUCCESS;
    c.failFunction.clear();
    if (isSticky(c.failCode)) setStickyError(c.failCode);
    return c.failCode;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

/// Keeps what was returned to the caller alive, one text a thread and purpose.
const char* kept(int purpose, std::string text) {
    static thread_local std::string texts[2];
    texts[purpose] = std::move(text);
    return texts[purpose].c_str();
}

}

std::recursive_mutex& apiMutex() {
    static std::recursive_mutex instance;
    return instance;
}

Call::Call(const char* function, Needs needs) : lock_(apiMutex()) {
    Log& log = theLog();
    log.calls[function]++;
    if (config().trace) log.trace.push_back(function);
    refused_ = injected(function);
    if (refused_ == CUDA_SUCCESS && needs != Needs::Nothing) refused_ = callRefusal(needs);
}

void traceDetail(const std::string& detail) {
    if (config().trace && !theLog().trace.empty()) theLog().trace.back() += " " + detail;
}

void countKernel(const std::string& kernel) { theLog().kernels[kernel]++; }

void report(const std::string& finding) {
    theLog().findings.push_back(finding);
    std::fprintf(stderr, "mcsim: %s\n", finding.c_str());
    std::fflush(stderr);
}

CUresult stickyError() { return theLog().sticky; }

void setStickyError(CUresult code) {
    if (theLog().sticky == CUDA_SUCCESS) theLog().sticky = code;
}

void clearStickyError() { theLog().sticky = CUDA_SUCCESS; }

CUresult rejected(CUresult code, const std::string& finding) {
    report(finding);
    return code;
}

std::string format(const char* text, ...) {
    char buffer[1024];
    va_list arguments;
    va_start(arguments, text);
    std::vsnprintf(buffer, sizeof buffer, text, arguments);
    va_end(arguments);
    return buffer;
}

}

using namespace mcsim;

MCSIM_API int mcsimConfigure(const char* name, const char* value) {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    return name && value && configure(name, value) ? 0 : 1;
}

MCSIM_API long long mcsimCallCount(const char* function) {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    auto found = theLog().calls.find(function);
    return found == theLog().calls.end() ? 0 : found->second;
}

MCSIM_API long long mcsimKernelCount(const char* kernel) {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    auto found = theLog().kernels.find(kernel);
    return found == theLog().kernels.end() ? 0 : found->second;
}

MCSIM_API const char* mcsimTrace() {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    return kept(0, joined(theLog().trace));
}

MCSIM_API const char* mcsimReport() {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    return kept(1, joined(theLog().findings));
}

MCSIM_API int mcsimFindingCount() {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    return int(theLog().findings.size());
}

MCSIM_API void mcsimReset() {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    theLog() = Log();
}

MCSIM_API void mcsimResetDevice() {
    std::lock_guard<std::recursive_mutex> lock(apiMutex());
    resetDevice();
    theLog() = Log();
}
