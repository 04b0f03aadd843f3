// The run-time compiler: options, programs, and images made by g++.
#include "nvrtc.h"
#include <cstring>
#include <stdexcept>
#include "../api/nvrtc.h"
#include "compiler.h"
#include "config.h"
#include "handles.h"
#include "module.h"
#include "rewrite.h"

namespace mcsim {
namespace {

struct Program {
    SourceFile source;
    std::vector<SourceFile> headers;
    std::string log, cubin, ptx;
    bool compiled = false;
};

struct Options {
    int arch = 75;
    bool virtualArch = false;
    std::vector<std::string> forPreprocessor;
    std::string unknown;
};

Handles<Program, nvrtcProgram, 8>& programs() {
    static Handles<Program, nvrtcProgram, 8> table;
    return table;
}

const int supportedArchs[] = { 75, 80, 86, 87, 88, 89, 90, 100, 103, 110, 120, 121 };

/// Options that take a value and change nothing here.
const char* const ignoredWithValue[] = { "--std",          "-std",          "--ptxas-options", "-Xptxas",
                                         "--maxrregcount", "-maxrregcount", "--fmad",          "-fmad",
                                         "--ftz",          "-ftz",          "--prec-sqrt",     "-prec-sqrt",
                                         "--prec-div",     "-prec-div",     "--diag-suppress", "-diag-suppress",
                                         "--diag-error",   "-diag-error",   "--diag-warn",     "-diag-warn",
                                         "--dopt",         "-dopt",         "--split-compile", "-split-compile" };
const char* const ignoredFlags[] = { "--use_fast_math",
                                     "-use_fast_math",
                                     "-lineinfo",
                                     "--generate-line-info",
                                     "-G",
                                     "--device-debug",
                                     "-default-device",
                                     "--device-as-default-execution-space",
                                     "-w",
                                     "--disable-warnings",
                                     "--restrict",
                                     "-restrict",
                                     "--extra-device-vectorization",
                                     "-extra-device-vectorization",
                                     "-dlto",
                                     "--builtin-initializer-list=true",
                                     "--no-source-include",
                                     "-no-source-include",
                                     "--relocatable-device-code=false",
                                     "-rdc=false",
                                     "-dw",
                                     "--Wno-deprecated" };

bool isOneOf(const std::string& option, const char* const* begin, const char* const* end) {
    for (; begin != end; ++begin)
        if (option == *begin) return true;
    return false;
}

bool readArch(const std::string& value, Options& options) {
    if (value.rfind("sm_", 0) != 0 && value.rfind("compute_", 0) != 0) return false;
    options.virtualArch = value[0] == 'c';
    options.arch = std::atoi(value.c_str() + (options.virtualArch ? 8 : 3));
    for (int arch : supportedArchs)
        if (arch == options.arch) return true;
    return false;
}

/// The value may follow "=" or be the next option, as nvrtc accepts both.
Options readOptions(int count, const char* const* texts) {
    Options options;
    for (int i = 0; i < count; i++) {
        std::string option = texts[i], name = option, value;
        size_t equals = option.find('=');
        if (equals != std::string::npos) { name = option.substr(0, equals); value = option.substr(equals + 1); }
        auto take = [&] { if (equals == std::string::npos && i + 1 < count) value = texts[++i]; };
        if (name == "--gpu-architecture" || name == "-arch") {
            take();
            if (!readArch(value, options)) options.unknown = option;
        } else if (isOneOf(name, std::begin(ignoredWithValue), std::end(ignoredWithValue))) {
            take();
        } else if (name == "--define-macro" || name == "--undefine-macro" || name == "--include-path") {
            take();
            options.forPreprocessor.push_back((name[2] == 'd' ? "-D" : name[2] == 'u' ? "-U" : "-I") + value);
        } else if (option.size() > 1 && option[0] == '-' && std::strchr("DUI", option[1])) {
            if (option.size() == 2 && i + 1 < count) option += texts[++i];
            options.forPreprocessor.push_back(option);
        } else if (!isOneOf(option, std::begin(ignoredFlags), std::end(ignoredFlags))) {
            options.unknown = option;
        }
    }
    return options;
}

nvrtcResult compile(Program& program, const Options& options) {
    std::vector<std::string> defines = options.forPreprocessor;
    defines.push_back(format("-D__CUDA_ARCH__=%d", options.arch * 10));
    defines.push_back(format("-D__CUDACC_VER_MAJOR__=%d", config().nvrtcMajor));
    defines.push_back(format("-D__CUDACC_VER_MINOR__=%d", config().nvrtcMinor));
    CompilerOutput expanded = preprocess(program.source, program.headers, defines);
    program.log = expanded.log;
    if (!expanded.started) return NVRTC_ERROR_BUILTIN_OPERATION_FAILURE;
    if (!expanded.succeeded) return NVRTC_ERROR_COMPILATION;
    std::string text;
    try {
        text = rewriteKernels(expanded.result, program.source.name);
    } catch (const std::runtime_error& error) {
        program.log += program.source.name + ": " + error.what() + "\n";
        return NVRTC_ERROR_COMPILATION;
    }
    CompilerOutput library = compileLibrary(text, config().check);
    program.log += library.log;
    if (!library.started) return NVRTC_ERROR_BUILTIN_OPERATION_FAILURE;
    if (!library.succeeded) return NVRTC_ERROR_COMPILATION;
    Image image{ options.arch, config().check, simt::abiVersion, library.result, text };
    program.cubin = options.virtualArch ? std::string() : pack(image);
    program.ptx = packText(image);
    program.compiled = true;
    return NVRTC_SUCCESS;
}

}

size_t programCount() { return programs().count(); }
void dropPrograms() { programs().clear(); }

}

using namespace mcsim;

#define NVRTC_CALL(function) ::mcsim::Call call(#function, ::mcsim::Needs::Nothing); \
    if (call.refused()) return call.refused()

MCSIM_API nvrtcResult nvrtcVersion(int* major, int* minor) {
    NVRTC_CALL(nvrtcVersion);
    if (!major || !minor) return NVRTC_ERROR_INVALID_INPUT;
    *major = config().nvrtcMajor;
    *minor = config().nvrtcMinor;
    return NVRTC_SUCCESS;
}

MCSIM_API nvrtcResult nvrtcGetNumSupportedArchs(int* count) {
    NVRTC_CALL(nvrtcGetNumSupportedArchs);
    if (!count) return NVRTC_ERROR_INVALID_INPUT;
    *count = int(std::size(supportedArchs));
    return NVRTC_SUCCESS;
}

MCSIM_API nvrtcResult nvrtcGetSupportedArchs(int* archs) {
    NVRTC_CALL(nvrtcGetSupportedArchs);
    if (!archs) return NVRTC_ERROR_INVALID_INPUT;
    std::copy(std::begin(supportedArchs), std::end(supportedArchs), archs);
    return NVRTC_SUCCESS;
}

MCSIM_API nvrtcResult nvrtcCreateProgram(nvrtcProgram* program, const char* source, const char* name, int headerCount,
                                         const char* const* headers, const char* const* includeNames) {
    NVRTC_CALL(nvrtcCreateProgram);
    if (!program || !source || headerCount < 0 || (headerCount && (!headers || !includeNames)))
        return NVRTC_ERROR_INVALID_INPUT;
    auto created = std::make_shared<Program>();
    created->source = { name ? name : "default_program", source };
    for (int i = 0; i < headerCount; i++) {
        // Headers are written into a folder of their own, which no name may leave.
        if (std::strstr(includeNames[i], "..") || includeNames[i][0] == '/') return NVRTC_ERROR_INVALID_INPUT;
        created->headers.push_back({ includeNames[i], headers[i] });
    }
    *program = programs().add(created);
    return NVRTC_SUCCESS;
}

MCSIM_API nvrtcResult nvrtcCompileProgram(nvrtcProgram handle, int optionCount, const char* const* options) {
    NVRTC_CALL(nvrtcCompileProgram);
    std::shared_ptr<Program> program = programs().find(handle);
    if (!program) return NVRTC_ERROR_INVALID_PROGRAM;
    if (optionCount && !options) return NVRTC_ERROR_INVALID_INPUT;
    Options read = readOptions(optionCount, options);
    if (!read.unknown.empty()) {
        program->log = "nvrtc: error: unrecognized option " + read.unknown + " found\n";
        return NVRTC_ERROR_INVALID_OPTION;
    }
    // Programs are compiled side by side.
    call.unlock();
    nvrtcResult result = compile(*program, read);
    call.lock();
    return result;
}

namespace {

nvrtcResult giveSize(nvrtcProgram handle, size_t* bytes, std::string Program::* part, size_t extra, bool needsSuccess) {
    std::shared_ptr<Program> program = programs().find(handle);
    if (!program) return NVRTC_ERROR_INVALID_PROGRAM;
    if (!bytes || (needsSuccess && !program->compiled)) return NVRTC_ERROR_INVALID_INPUT;
    *bytes = ((*program).*part).size() + extra;
    return NVRTC_SUCCESS;
}

nvrtcResult give(nvrtcProgram handle, char* to, std::string Program::* part, size_t extra, bool needsSuccess) {
    size_t bytes = 0;
    if (nvrtcResult result = giveSize(handle, &bytes, part, extra, needsSuccess)) return result;
    if (!to) return NVRTC_ERROR_INVALID_INPUT;
    // Texts end with a zero, which std::string keeps behind its last character.
    std::memcpy(to, ((*programs().find(handle)).*part).c_str(), bytes);
    return NVRTC_SUCCESS;
}

}

MCSIM_API nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t* bytes) {
    NVRTC_CALL(nvrtcGetCUBINSize);
    return giveSize(program, bytes, &Program::cubin, 0, true);
}

MCSIM_API nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char* cubin) {
    NVRTC_CALL(nvrtcGetCUBIN);
    return give(program, cubin, &Program::cubin, 0, true);
}

MCSIM_API nvrtcResult nvrtcGetPTXSize(nvrtcProgram program, size_t* bytes) {
    NVRTC_CALL(nvrtcGetPTXSize);
    return giveSize(program, bytes, &Program::ptx, 1, true);
}

MCSIM_API nvrtcResult nvrtcGetPTX(nvrtcProgram program, char* ptx) {
    NVRTC_CALL(nvrtcGetPTX);
    return give(program, ptx, &Program::ptx, 1, true);
}

MCSIM_API nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t* bytes) {
    NVRTC_CALL(nvrtcGetProgramLogSize);
    return giveSize(program, bytes, &Program::log, 1, false);
}

MCSIM_API nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char* log) {
    NVRTC_CALL(nvrtcGetProgramLog);
    return give(program, log, &Program::log, 1, false);
}

MCSIM_API nvrtcResult nvrtcDestroyProgram(nvrtcProgram* program) {
    NVRTC_CALL(nvrtcDestroyProgram);
    if (!program || !programs().remove(*program)) return NVRTC_ERROR_INVALID_PROGRAM;
    *program = nullptr;
    return NVRTC_SUCCESS;
}

MCSIM_API const char* nvrtcGetErrorString(nvrtcResult result) {
    static const char* const names[] = { "NVRTC_SUCCESS",
                                         "NVRTC_ERROR_OUT_OF_MEMORY",
                                         "NVRTC_ERROR_PROGRAM_CREATION_FAILURE",
                                         "NVRTC_ERROR_INVALID_INPUT",
                                         "NVRTC_ERROR_INVALID_PROGRAM",
                                         "NVRTC_ERROR_INVALID_OPTION",
                                         "NVRTC_ERROR_COMPILATION",
                                         "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE",
                                         "NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION",
                                         "NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION",
                                         "NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID",
                                         "NVRTC_ERROR_INTERNAL_ERROR" };
    return result >= 0 && result < int(std::size(names)) ? names[result] : "NVRTC_ERROR unknown";
}
