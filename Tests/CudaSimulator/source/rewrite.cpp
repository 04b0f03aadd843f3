// A scanner of declarations, not a parser: it reads only what follows __shared__ and __global__; see rewrite.h.
#include "rewrite.h"
#include <algorithm>
#include <cctype>
#include <map>
#include <stdexcept>
#include <vector>

namespace mcsim {
namespace {

struct Token { std::string text; size_t begin, end; };

bool isName(char c) { return std::isalnum((unsigned char)c) || c == '_'; }

size_t skipQuoted(const std::string& s, size_t i) {
    char quote = s[i++];
    while (i < s.size() && s[i] != quote) i += s[i] == '\\' ? 2 : 1;
    return i + 1;
}

/// Names, numbers, quoted text and single characters; lines of the preprocessor are left out.
std::vector<Token> tokenize(const std::string& s) {
    std::vector<Token> tokens;
    bool lineStart = true;
    for (size_t i = 0; i < s.size();) {
        char c = s[i];
        if (c == '\n') { lineStart = true; i++; continue; }
        if (std::isspace((unsigned char)c)) { i++; continue; }
        if (c == '#' && lineStart) { i = s.find('\n', i); if (i == std::string::npos) break; continue; }
        lineStart = false;
        size_t begin = i;
        if (c == '"' || (c == '\'' && !(begin && std::isdigit((unsigned char)s[begin - 1])))) i = skipQuoted(s, i);
        else if (isName(c)) while (i < s.size() && isName(s[i])) i++;
        else i++;
        tokens.push_back({ s.substr(begin, i - begin), begin, i });
    }
    return tokens;
}

class Rewriter {
public:
    Rewriter(const std::string& text, const std::string& name) : text_(text), name_(name), tokens_(tokenize(text)) {}

    std::string run() {
        for (size_t i = 0; i < tokens_.size(); i++) {
            const std::string& token = tokens_[i].text;
            if (token == "{") openBrace(i);
            else if (token == "}") { if (!braces_.empty()) braces_.pop_back(); }
            else if (token == "__shared__") i = shared(i);
            else if (token == "__global__") kernel(i);
            auto registration = registrations_.find(i);
            if (registration == registrations_.end()) continue;
            output_ += text_.substr(copied_, tokens_[i].end - copied_) + registration->second;
            copied_ = tokens_[i].end;
        }
        output_ += text_.substr(copied_);
        return "#include \"simt.h\"\n# 1 \"" + name_ + "\"\n" + output_ + "\n";
    }

private:
    enum class Brace { Statements, Namespace, ExternC };

    /// A brace of a namespace or of extern "C" opens no scope of statements.
    void openBrace(size_t i) {
        Brace kind = Brace::Statements;
        for (size_t back = 1; back <= 3 && back <= i; back++) {
            const std::string& before = tokens_[i - back].text;
            if (before == ";" || before == "}" || before == ")" || before == "{") break;
            if (before == "namespace") kind = Brace::Namespace;
            if (before == "extern") kind = Brace::ExternC;
        }
        braces_.push_back(kind);
    }

    bool insideFunction() const {
        return std::find(braces_.begin(), braces_.end(), Brace::Statements) != braces_.end();
    }

    size_t declarationStart(size_t i) const {
        while (i > 0) {
            const std::string& before = tokens_[i - 1].text;
            if (before == ";" || before == "{" || before == "}") break;
            i--;
        }
        return i;
    }

    /// The token after the closing bracket that matches the opening one at i.
    size_t afterBracket(size_t i) const {
        int depth = 0;
        for (; i < tokens_.size(); i++) {
            const std::string& t = tokens_[i].text;
            if (t == "(" || t == "[" || t == "{") depth++;
            if (t == ")" || t == "]" || t == "}") if (--depth == 0) return i + 1;
        }
        return i;
    }

    std::string join(size_t from, size_t to) const {
        std::string s;
        for (size_t i = from; i < to; i++) {
            bool glued = i > from && tokens_[i].begin == tokens_[i - 1].end;
            s += (i > from && !glued ? " " : "") + tokens_[i].text;
        }
        return s;
    }

    [[noreturn]] void unreadable(size_t from, size_t to, const char* why) const {
        throw std::runtime_error("error: the simulator cannot read `" + join(from, to) + "`: " + why);
    }

    struct Declarator { std::string name, dimensions; };
    struct Declaration {
        bool external = false;
        std::string type, alignment = "0";
        std::vector<Declarator> declarators;
    };

    Declaration readShared(size_t from, size_t to) const {
        Declaration d;
        std::vector<size_t> kept;
        for (size_t i = from; i < to; i++) {
            const std::string& t = tokens_[i].text;
            if (t == "__shared__" || t == "static") continue;
            if (t == "extern") { d.external = true; continue; }
            if (t == "alignas" || t == "__align__" || t == "__attribute__") {
                size_t end = afterBracket(i + 1);
                d.alignment = t == "__attribute__" ? "(" + join(i + 4, end - 2) + ")" : join(i + 1, end);
                i = end - 1;
                continue;
            }
            kept.push_back(i);
        }
        readDeclarators(kept, d);
        if (d.declarators.empty() || d.type.empty()) unreadable(from, to, "write `__shared__ type name[sizes];`");
        return d;
    }

    void readDeclarators(const std::vector<size_t>& kept, Declaration& d) const {
        int depth = 0, angles = 0;
        Declarator current;
        std::string typeSoFar;
        bool inDimensions = false;
        auto finish = [&] {
            if (!current.name.empty()) d.declarators.push_back(current);
            if (d.type.empty()) d.type = typeSoFar;
            current = Declarator();
            inDimensions = false;
        };
        for (size_t i : kept) {
            const std::string& t = tokens_[i].text;
            if (t == ")" || t == "]" || t == "}") depth--;
            if (depth == 0 && !inDimensions && t == ">") angles--;
            bool top = depth == 0 && angles == 0;
            if (top && t == ",") { finish(); continue; }
            if (top && t == "[") inDimensions = true;
            if (inDimensions) current.dimensions += t;
            else if (top && isName(t[0]) && !std::isdigit((unsigned char)t[0])) {
                // The last name is the variable's; an earlier one belongs to the type.
                if (!current.name.empty() && d.type.empty()) typeSoFar += current.name + " ";
                current.name = t;
            } else {
                if (!current.name.empty() && d.type.empty()) { typeSoFar += current.name; current.name.clear(); }
                typeSoFar += t == "<" || t == ">" || t == ":" || t == "," ? t : t + " ";
            }
            if (t == "(" || t == "[" || t == "{") depth++;
            if (depth == 0 && !inDimensions && t == "<") angles++;
        }
        finish();
    }

    size_t shared(size_t i) {
        size_t from = declarationStart(i), to = i;
        while (to < tokens_.size() && tokens_[to].text != ";") to = tokens_[to].text == "(" ? afterBracket(to) : to + 1;
        Declaration d = readShared(from, to);
        std::string replacement;
        for (const Declarator& declarator : d.declarators)
            replacement += insideFunction() ? local(d, declarator) : global(d, declarator);
        output_ += text_.substr(copied_, tokens_[from].begin - copied_) + replacement;
        copied_ = to < tokens_.size() ? tokens_[to].end : text_.size();
        return to;
    }

    static std::string rest(const std::string& dimensions) { return dimensions.substr(dimensions.find(']') + 1); }

    static std::string dynamicAddress(const Declaration& d, const Declarator& declarator) {
        return "reinterpret_cast<" + d.type + " (*)" + rest(declarator.dimensions) +
               ">(::simt::runtime->dynamicShared)";
    }

    static std::string local(const Declaration& d, const Declarator& x) {
        if (d.external)
            return d.type + " (* const " + x.name + ")" + rest(x.dimensions) + " = " + dynamicAddress(d, x) + "; ";
        return "auto& " + x.name + " = ::simt::sharedVariable<" + d.type + x.dimensions + ">([]{}, " + d.alignment +
               "); ";
    }

    /// At namespace scope the variable has no block yet, so its name stands for the access.
    static std::string global(const Declaration& d, const Declarator& x) {
        if (d.external) return "\n#define " + x.name + " (" + dynamicAddress(d, x) + ")\n";
        std::string key = "simt_key_" + x.name;
        return "struct " + key + " {};\n#define " + x.name + " (::simt::sharedVariable<" + d.type + x.dimensions +
               ">(" + key + "{}, " + d.alignment + "))\n";
    }

    bool externC(size_t from, size_t i) const {
        for (size_t t = from; t < i; t++)
            if (tokens_[t].text == "\"C\"") return true;
        return std::find(braces_.begin(), braces_.end(), Brace::ExternC) != braces_.end();
    }

    void kernel(size_t i) {
        size_t from = declarationStart(i);
        for (size_t t = from; t < i; t++)
            if (tokens_[t].text == "template") return;
        if (!externC(from, i) || insideFunction()) return;
        std::string bounds = "1024", name;
        size_t t = i + 1;
        for (; t + 1 < tokens_.size(); t++) {
            if (tokens_[t + 1].text != "(") continue;
            const std::string& before = tokens_[t].text;
            if (before == "__launch_bounds__") bounds = firstArgument(t + 2, afterBracket(t + 1) - 1);
            else if (before != "__attribute__" && before != "__maxnreg__" && before != "__cluster_dims__") {
                name = before;
                break;
            }
            t = afterBracket(t + 1) - 1;
        }
        size_t body = afterBracket(t + 1);
        if (!name.empty() && body < tokens_.size() && tokens_[body].text == "{")
            registrations_[afterBracket(body) - 1] = " SIMT_KERNEL(" + name + ", (" + bounds + "))";
    }

    std::string firstArgument(size_t from, size_t to) const {
        int depth = 0;
        for (size_t i = from; i < to; i++) {
            const std::string& t = tokens_[i].text;
            if (t == "(" || t == "[" || t == "{") depth++;
            if (t == ")" || t == "]" || t == "}") depth--;
            if (depth == 0 && t == ",") return join(from, i);
        }
        return join(from, to);
    }

    const std::string& text_;
    std::string name_;
    std::vector<Token> tokens_;
    std::vector<Brace> braces_;
    size_t copied_ = 0;
    std::string output_;
    /// What follows the closing brace of a kernel, by that brace's token.
    std::map<size_t, std::string> registrations_;
};

}

std::string rewriteKernels(const std::string& preprocessed, const std::string& name) {
    return Rewriter(preprocessed, name).run();
}

}
