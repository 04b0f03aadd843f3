// Programs of the run-time compiler.
#pragma once
#include <cstddef>

namespace mcsim {

size_t programCount();
void dropPrograms();

}
