#include "block.h"
#include "memory.h"
namespace mcsim {
void bindChecker(simt::Runtime&) {}
void checkerBeginsBlock(Block&) {}
void markWritten(uintptr_t, size_t) {}
}
