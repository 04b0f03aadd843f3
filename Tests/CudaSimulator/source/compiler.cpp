// Runs g++ and keeps what it made; see compiler.h.
#include "compiler.h"
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>
#include "config.h"
#include "log.h"
#include "../kernel/simt_abi.h"

extern char** environ;

namespace mcsim {
namespace {

namespace fs = std::filesystem;

class TemporaryFolder {
public:
    TemporaryFolder() {
        std::error_code error;
        fs::path base = fs::temp_directory_path(error);
        std::string name = (error ? fs::path("/tmp") : base) / "mcsim-XXXXXX";
        made_ = mkdtemp(name.data()) != nullptr;
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        if (made_) fs::remove_all(path_, ignored);
    }
    fs::path operator/(const std::string& name) const { return path_ / name; }
    const fs::path& path() const { return path_; }
private:
    bool made_;
    fs::path path_;
};

std::string readFile(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void writeFile(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary).write(text.data(), std::streamsize(text.size()));
}

/// Where this library lies: the kernels' headers are beside it.
fs::path libraryFolder() {
    Dl_info info;
    if (!dladdr(reinterpret_cast<void*>(&libraryFolder), &info) || !info.dli_fname) return ".";
    return fs::absolute(info.dli_fname).parent_path();
}

fs::path headerFolder() { return libraryFolder() / "kernel"; }

CompilerOutput runCompiler(std::vector<std::string> arguments, const fs::path& folder) {
    CompilerOutput output;
    arguments.insert(arguments.begin(), config().compiler);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    std::string logPath = folder / "log";
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, logPath.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_adddup2(&actions, 2, 1);
    pid_t child = 0;
    output.started = posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    int status = 1;
    if (output.started)
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
    output.succeeded = output.started && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    output.log = output.started ? readFile(logPath) : "the compiler `" + config().compiler + "` cannot be started\n";
    return output;
}

/// FNV-1a; two of them with different starts make a name that does not collide by accident.
uint64_t hash(const std::string& text, uint64_t h) {
    for (unsigned char c : text) h = (h ^ c) * 0x100000001b3ull;
    return h;
}

std::string headerTexts() {
    std::string all;
    for (const char* name : { "simt.h", "simt_abi.h", "simt_math.h", "simt_warp.h", "simt_tensor.h", "simt_formats.h",
                              "simt_check.h" })
        all += readFile(headerFolder() / name);
    return all;
}

std::vector<std::string> processorFlags() {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return { "-mavx2", "-mfma" };
#endif
    return {};
}

std::vector<std::string> libraryFlags(bool checked) {
    std::vector<std::string> flags = { "-x",
                                       "c++",
                                       "-std=c++17",
                                       "-O1",
                                       "-ffp-contract=off",
                                       "-fno-exceptions",
                                       "-fno-rtti",
                                       "-fno-strict-aliasing",
                                       "-fno-math-errno",
                                       "-fno-trapping-math",
                                       "-fno-gnu-unique",
                                       "-fPIC",
                                       "-shared",
                                       "-nodefaultlibs",
                                       "-Wl,-Bsymbolic",
                                       "-w",
                                       "-fsanitize=alignment,bounds",
                                       "-fno-sanitize-recover=all" };
    for (const std::string& flag : processorFlags()) flags.push_back(flag);
    if (checked)
        flags.insert(flags.end(),
                     { "-g1", "-fsanitize=thread", "--param=tsan-distinguish-volatile=1", "-DSIMT_CHECK_ACCESS" });
    return flags;
}

fs::path cacheFolder() {
    const std::string& chosen = config().cache;
    return chosen == "off" ? fs::path() : chosen.empty() ? libraryFolder() / "cache" : fs::path(chosen);
}

fs::path cachePath(const std::string& text, const std::vector<std::string>& flags) {
    fs::path folder = cacheFolder();
    if (folder.empty()) return {};
    static const std::string headers = headerTexts();
    std::string all = text + headers + config().compiler;
    for (const std::string& flag : flags) all += flag;
    char name[40];
    std::snprintf(name, sizeof name, "%016llx%016llx.so", (unsigned long long)hash(all, 0xcbf29ce484222325ull),
                  (unsigned long long)hash(all, 0x9e3779b97f4a7c15ull));
    return folder / name;
}

/// Other processes may write the same file: a rename makes it appear whole.
void keep(const fs::path& path, const std::string& library) {
    std::error_code ignored;
    fs::create_directories(path.parent_path(), ignored);
    fs::path partial = path.string() + "." + std::to_string(getpid());
    writeFile(partial, library);
    fs::rename(partial, path, ignored);
    if (ignored) fs::remove(partial, ignored);
}

}

CompilerOutput preprocess(const SourceFile& source, const std::vector<SourceFile>& headers,
                          const std::vector<std::string>& options) {
    TemporaryFolder folder;
    fs::create_directories(folder / "headers");
    for (const SourceFile& header : headers) {
        fs::path path = folder / "headers" / header.name;
        fs::create_directories(path.parent_path());
        writeFile(path, header.text);
    }
    writeFile(folder / "kernel.cu", "# 1 \"" + source.name + "\"\n" + source.text);
    std::vector<std::string> arguments = { "-E", "-x", "c++", "-std=c++17", "-nostdinc", "-nostdinc++", "-DSIMT_EMU=1",
        "-D__CUDACC__=1", "-D__CUDACC_RTC__=1", "-I", (folder / "headers").string() };
    arguments.insert(arguments.end(), options.begin(), options.end());
    arguments.insert(arguments.end(), { (folder / "kernel.cu").string(), "-o", (folder / "kernel.ii").string() });
    CompilerOutput output = runCompiler(arguments, folder.path());
    if (output.succeeded) output.result = readFile(folder / "kernel.ii");
    return output;
}

CompilerOutput compileLibrary(const std::string& text, bool checked) {
    std::vector<std::string> arguments = libraryFlags(checked);
    fs::path cached = cachePath(text, arguments);
    if (!cached.empty() && fs::exists(cached)) {
        CompilerOutput output;
        output.started = output.succeeded = true;
        output.result = readFile(cached);
        return output;
    }
    TemporaryFolder folder;
    writeFile(folder / "kernel.cpp", text);
    arguments.insert(arguments.end(), { "-I", headerFolder().string(), (folder / "kernel.cpp").string(), "-o",
                                        (folder / "kernel.so").string(), "-lm", "-lc" });
    CompilerOutput output = runCompiler(arguments, folder.path());
    if (!output.succeeded) return output;
    output.result = readFile(folder / "kernel.so");
    if (!cached.empty()) keep(cached, output.result);
    return output;
}

}
