// Handles: numbers that are never reused, so that a stale, foreign or mistyped handle is always recognised.
#pragma once
#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

namespace mcsim {

/// Objects of one kind behind handles of type H. `Tag` is what tells the handles of one kind from another's.
template<class T, class H, unsigned Tag>
class Handles {
public:
    H add(std::shared_ptr<T> object) {
        // Looks like an aligned pointer; nothing is ever read there.
        uintptr_t value = (uintptr_t(0x4000 | Tag) << 32) | (uintptr_t(++last_) << 4);
        objects_[value] = std::move(object);
        return reinterpret_cast<H>(value);
    }
    std::shared_ptr<T> find(H handle) const {
        auto found = objects_.find(reinterpret_cast<uintptr_t>(handle));
        return found == objects_.end() ? nullptr : found->second;
    }
    bool remove(H handle) { return objects_.erase(reinterpret_cast<uintptr_t>(handle)) == 1; }
    size_t count() const { return objects_.size(); }
    void clear() { objects_.clear(); }
    std::vector<std::shared_ptr<T>> all() const {
        std::vector<std::shared_ptr<T>> list;
        for (const auto& pair : objects_) list.push_back(pair.second);
        return list;
    }
private:
    std::unordered_map<uintptr_t, std::shared_ptr<T>> objects_;
    unsigned last_ = 0;
};

}
