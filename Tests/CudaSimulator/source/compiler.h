// Runs g++ on kernels' text.
#pragma once
#include <string>
#include <vector>

namespace mcsim {

struct CompilerOutput {
    bool started = false;
    bool succeeded = false;
    std::string result, log;
};

struct SourceFile { std::string name, text; };

/// Expands macros and includes; only the headers given are found, as with NVRTC.
CompilerOutput preprocess(const SourceFile& source, const std::vector<SourceFile>& headers,
                          const std::vector<std::string>& options);

/// A shared library from rewritten text. `checked` instruments every memory access. Results are kept on disk.
CompilerOutput compileLibrary(const std::string& text, bool checked);

}
