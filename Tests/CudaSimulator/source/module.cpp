// Containers, loading, functions and their attributes; see module.h.
#include "module.h"
#include <cstring>
#include <dlfcn.h>
#include <link.h>
#include <sys/mman.h>
#include <unistd.h>
#include "capture.h"
#include "compiler.h"
#include "config.h"
#include "device.h"
#include "memory.h"
#include "scheduler.h"

namespace mcsim {
namespace {

struct Header {
    char magic[8];
    uint32_t version, arch, checked, abi;
    uint64_t libraryBytes, sourceBytes, checksum;
};

const char magicText[] = "MCSIMIMG";
const char textStart[] = "// MCSIM PTX\n.version 8.0\n.target sm_";
constexpr uint32_t containerVersion = 1;

uint64_t checksum(const char* bytes, size_t count) {
    uint64_t h = 0xcbf29ce484222325ull;
    for (size_t i = 0; i < count; i++) h = (h ^ (unsigned char)bytes[i]) * 0x100000001b3ull;
    return h;
}

Handles<Module, CUmodule, 6>& modules() {
    static Handles<Module, CUmodule, 6> table;
    return table;
}

struct FunctionTable : Handles<Function, CUfunction, 7> {};

FunctionTable& functions() {
    static FunctionTable table;
    return table;
}

/// Functions have one handle each, however often they are asked for.
std::map<std::pair<Module*, std::string>, CUfunction>& functionHandles() {
    static std::map<std::pair<Module*, std::string>, CUfunction> table;
    return table;
}

bool unpackText(const char* text, Image& image) {
    const char* data = std::strstr(text, "//data ");
    if (!data) return false;
    data += 7;
    std::string bytes;
    auto digit = [](char c) { return c >= 'a' ? c - 'a' + 10 : c - '0'; };
    for (; data[0] && data[1] && data[0] != '\n'; data += 2) bytes += char(digit(data[0]) << 4 | digit(data[1]));
    return bytes.size() > sizeof(Header) && unpack(bytes.data(), image);
}

/// A cubin runs on its own major version with at least its minor; text runs on anything later.
bool runsHere(const Image& image, bool text) {
    int here = config().computeCapability;
    return text ? image.arch <= here : image.arch / 10 == here / 10 && image.arch % 10 <= here % 10;
}

void findRange(Module& module) {
    link_map* map = nullptr;
    if (dlinfo(module.library, RTLD_DI_LINKMAP, &map) != 0 || !map) return;
    auto visit = [](dl_phdr_info* info, size_t, void* data) {
        auto& m = *static_cast<Module*>(data);
        if (info->dlpi_addr != m.begin) return 0;
        for (int i = 0; i < info->dlpi_phnum; i++)
            if (info->dlpi_phdr[i].p_type == PT_LOAD)
                m.end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
        return 1;
    };
    module.begin = module.end = map->l_addr;
    dl_iterate_phdr(visit, &module);
}

/// The file stays open as long as the module: the loader knows libraries by name, and an open file's number is not
/// given twice.
void openLibrary(Module& module, const std::string& bytes) {
    module.file = memfd_create("mcsim-kernel", MFD_CLOEXEC);
    if (module.file >= 0 && write(module.file, bytes.data(), bytes.size()) == ssize_t(bytes.size()))
        module.library = dlopen(format("/proc/self/fd/%d", module.file).c_str(), RTLD_NOW | RTLD_LOCAL);
}

void writeLog(unsigned count, const int* options, void** values, const std::string& text) {
    char* buffer = nullptr;
    size_t size = 0;
    for (unsigned i = 0; i < count; i++) {
        if (options[i] == CU_JIT_ERROR_LOG_BUFFER) buffer = static_cast<char*>(values[i]);
        if (options[i] == CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES) size = size_t(values[i]) & 0xffffffffu;
    }
    if (!buffer || !size) return;
    std::strncpy(buffer, text.c_str(), size - 1);
    buffer[size - 1] = 0;
}

CUresult load(CUmodule* handle, const void* bytes, std::string& log) {
    if (!handle || !bytes) return CUDA_ERROR_INVALID_VALUE;
    if (CUresult code = unsafeCallViolation("cuModuleLoadData")) return code;
    Image image;
    bool text = std::strncmp(static_cast<const char*>(bytes), textStart, sizeof textStart - 1) == 0;
    if (!(text ? unpackText(static_cast<const char*>(bytes), image) : unpack(bytes, image))) {
        log = "not an image of this simulator, or damaged";
        return rejected(CUDA_ERROR_INVALID_IMAGE, "cuModuleLoadData: " + log);
    }
    if (!runsHere(image, text)) {
        log = format("an image for sm_%d on a device of %d", image.arch, config().computeCapability);
        return rejected(CUDA_ERROR_NO_BINARY_FOR_GPU, "cuModuleLoadData: " + log);
    }
    if (image.checked != config().check || image.abi != simt::abiVersion) {
        CompilerOutput rebuilt = compileLibrary(image.source, config().check);
        log = rebuilt.log;
        if (!rebuilt.succeeded) return rejected(CUDA_ERROR_INVALID_SOURCE, "cuModuleLoadData: " + log);
        image.library = rebuilt.result;
    }
    auto module = std::make_shared<Module>();
    bindRuntime();
    openLibrary(*module, image.library);
    auto bind =
        module->library ? reinterpret_cast<unsigned (*)(simt::Runtime*)>(dlsym(module->library, "simt_bind")) : nullptr;
    if (!bind || bind(&simtRuntime()) != simt::abiVersion) {
        const char* error = dlerror();
        log = error ? error : "no kernels inside";
        return rejected(CUDA_ERROR_INVALID_IMAGE, "cuModuleLoadData: " + log);
    }
    findRange(*module);
    *handle = modules().add(module);
    return CUDA_SUCCESS;
}

}

Module::~Module() {
    deviceMemory().removeGlobals(begin, end);
    if (library) dlclose(library);
    if (file >= 0) close(file);
}

int Function::maxThreads() const { return std::min(kernel->maxThreads, int(maxThreadsPerBlock)); }

std::string pack(const Image& image) {
    std::string data = image.library + image.source;
    Header header{};
    std::memcpy(header.magic, magicText, sizeof header.magic);
    header.version = containerVersion;
    header.arch = uint32_t(image.arch);
    header.checked = image.checked;
    header.abi = image.abi;
    header.libraryBytes = image.library.size();
    header.sourceBytes = image.source.size();
    header.checksum = checksum(data.data(), data.size());
    return std::string(reinterpret_cast<const char*>(&header), sizeof header) + data;
}

bool unpack(const void* bytes, Image& image) {
    Header header;
    std::memcpy(header.magic, bytes, sizeof header.magic);
    if (std::memcmp(header.magic, magicText, sizeof header.magic) != 0) return false;
    std::memcpy(&header, bytes, sizeof header);
    const char* data = static_cast<const char*>(bytes) + sizeof header;
    constexpr uint64_t tooLarge = 1u << 30;
    if (header.version != containerVersion || header.libraryBytes > tooLarge || header.sourceBytes > tooLarge)
        return false;
    if (checksum(data, header.libraryBytes + header.sourceBytes) != header.checksum) return false;
    image = { int(header.arch), header.checked != 0, header.abi, std::string(data, header.libraryBytes),
              std::string(data + header.libraryBytes, header.sourceBytes) };
    return true;
}

std::string packText(const Image& image) {
    std::string text = textStart + std::to_string(image.arch) + "\n.address_size 64\n//data ";
    for (unsigned char c : pack(image)) {
        text += "0123456789abcdef"[c >> 4];
        text += "0123456789abcdef"[c & 15];
    }
    return text + "\n";
}

std::shared_ptr<Function> findFunction(CUfunction handle) { return functions().find(handle); }

CUfunction handleOf(const std::shared_ptr<Function>& function) {
    auto found = functionHandles().find({ function->module.get(), function->name });
    return found == functionHandles().end() ? nullptr : found->second;
}

size_t moduleCount() { return modules().count(); }

void dropModules() {
    modules().clear();
    functions().clear();
    functionHandles().clear();
}

}

using namespace mcsim;

MCSIM_API CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned count, int* options,
                                      void** values) {
    DRIVER_CALL(cuModuleLoadDataEx, Context);
    std::string log;
    CUresult code = load(module, image, log);
    if (code) writeLog(count, options, values, log);
    return code;
}

MCSIM_API CUresult cuModuleLoadData(CUmodule* module, const void* image) {
    DRIVER_CALL(cuModuleLoadData, Context);
    std::string log;
    return load(module, image, log);
}

MCSIM_API CUresult cuModuleUnload(CUmodule handle) {
    DRIVER_CALL(cuModuleUnload, Context);
    std::shared_ptr<Module> module = modules().find(handle);
    if (!module) return rejected(CUDA_ERROR_INVALID_HANDLE, format("cuModuleUnload: %p is no module", (void*)handle));
    if (CUresult code = unsafeCallViolation("cuModuleUnload")) return code;
    auto& handles = functionHandles();
    for (auto entry = handles.begin(); entry != handles.end();) {
        if (entry->first.first != module.get()) { ++entry; continue; }
        functions().remove(entry->second);
        entry = handles.erase(entry);
    }
    modules().remove(handle);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuModuleGetFunction(CUfunction* function, CUmodule handle, const char* name) {
    DRIVER_CALL(cuModuleGetFunction, Context);
    std::shared_ptr<Module> module = modules().find(handle);
    if (!module)
        return rejected(CUDA_ERROR_INVALID_HANDLE, format("cuModuleGetFunction: %p is no module", (void*)handle));
    if (!function || !name) return CUDA_ERROR_INVALID_VALUE;
    auto known = functionHandles().find({ module.get(), name });
    if (known != functionHandles().end()) { *function = known->second; return CUDA_SUCCESS; }
    // Lazy loading may load its code now.
    if (CUresult code = unsafeCallViolation("cuModuleGetFunction of a function for the first time")) return code;
    auto* kernel = static_cast<simt::Kernel*>(dlsym(module->library, (std::string("simt_kernel_") + name).c_str()));
    if (!kernel) return CUDA_ERROR_NOT_FOUND;
    auto found = std::make_shared<Function>();
    found->name = name;
    found->module = module;
    found->kernel = kernel;
    *function = functionHandles()[{ module.get(), name }] = functions().add(found);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuModuleGetGlobal_v2(CUdeviceptr* pointer, size_t* bytes, CUmodule handle, const char* name) {
    DRIVER_CALL(cuModuleGetGlobal_v2, Context);
    std::shared_ptr<Module> module = modules().find(handle);
    if (!module) return CUDA_ERROR_INVALID_HANDLE;
    void* address = name ? dlsym(module->library, name) : nullptr;
    Dl_info info;
    ElfW(Sym)* symbol = nullptr;
    if (!address || !dladdr1(address, &info, reinterpret_cast<void**>(&symbol), RTLD_DL_SYMENT) || !symbol)
        return CUDA_ERROR_NOT_FOUND;
    deviceMemory().addGlobal(uintptr_t(address), symbol->st_size);
    if (pointer) *pointer = CUdeviceptr(address);
    if (bytes) *bytes = symbol->st_size;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuFuncSetAttribute(CUfunction handle, int attribute, int value) {
    DRIVER_CALL(cuFuncSetAttribute, Context);
    std::shared_ptr<Function> function = findFunction(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (attribute == CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES) {
        if (value < 0 || size_t(value) + function->staticShared > sharedOptIn)
            return rejected(CUDA_ERROR_INVALID_VALUE,
                            format("%d bytes of dynamic shared memory; a block has %zu", value, sharedOptIn));
        function->maxDynamicShared = value;
        return CUDA_SUCCESS;
    }
    if (attribute != CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT || value < -1 || value > 100)
        return CUDA_ERROR_INVALID_VALUE;
    function->carveout = value;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuFuncGetAttribute(int* value, int attribute, CUfunction handle) {
    DRIVER_CALL(cuFuncGetAttribute, Context);
    std::shared_ptr<Function> function = findFunction(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (!value || attribute < 0) return CUDA_ERROR_INVALID_VALUE;
    switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = function->maxThreads(); break;
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES: *value = int(function->staticShared); break;
    case CU_FUNC_ATTRIBUTE_NUM_REGS: *value = 64; break;
    case CU_FUNC_ATTRIBUTE_PTX_VERSION:
    case CU_FUNC_ATTRIBUTE_BINARY_VERSION: *value = config().computeCapability; break;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES: *value = function->maxDynamicShared; break;
    case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT: *value = function->carveout; break;
    default: *value = 0;
    }
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuFuncGetName(const char** name, CUfunction handle) {
    DRIVER_CALL(cuFuncGetName, Context);
    std::shared_ptr<Function> function = findFunction(handle);
    if (!function) return CUDA_ERROR_INVALID_HANDLE;
    if (!name) return CUDA_ERROR_INVALID_VALUE;
    *name = function->name.c_str();
    return CUDA_SUCCESS;
}
