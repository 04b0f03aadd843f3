// What cuBLAS and cuBLASLt share with the rest.
#pragma once
#include <cstddef>

namespace mcsim {

size_t cublasHandleCount();
size_t cublasLtHandleCount();
size_t cublasLtObjectCount();
void dropBlas();
void dropCublasHandles();

}
