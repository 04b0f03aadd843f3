// cuBLAS and cuBLASLt against products in double: types, transpositions, epilogues, restrictions, refusals, speed.
#include <cmath>
#include <cstring>
#include <memory>
#include "harness.h"

namespace {

double at(const std::vector<float>& v, bool transposed, int rows, int columns, int i, int j) {
    return transposed ? v[size_t(i) * columns + j] : v[size_t(j) * rows + i];
}

/// op(A) op(B), column-major.
std::vector<double> reference(const std::vector<float>& a, const std::vector<float>& b, bool ta, bool tb, int m, int n,
                              int k) {
    std::vector<double> c(size_t(m) * n);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < m; i++) {
            double sum = 0;
            for (int l = 0; l < k; l++) sum += at(a, ta, m, k, i, l) * at(b, tb, k, n, l, j);
            c[size_t(j) * m + i] = sum;
        }
    return c;
}

double gelu(double x) { return 0.5 * x * (1 + std::tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))); }

double geluGradient(double x) {
    const double h = 1e-5;
    return (gelu(x + h) - gelu(x - h)) / (2 * h);
}

std::vector<float> roundedToBf16(std::vector<float> values) {
    for (float& value : values) value = fromBf16(toBf16(value));
    return values;
}

/// One cublasLtMatmul with everything destroyed at the end.
struct Lt {
    cublasLtHandle_t handle = nullptr;
    cublasLtMatmulDesc_t desc = nullptr;
    cublasLtMatrixLayout_t a = nullptr, b = nullptr, c = nullptr, d = nullptr;
    cublasLtMatmulPreference_t preference = nullptr;
    float alpha = 1, beta = 0;

    Lt(int m, int n, int k, bool ta, bool tb, int typeAb, int typeD, int compute = CUBLAS_COMPUTE_32F, int typeB = -1,
       int typeC = -1) {
        OK(cublasLtCreate(&handle));
        OK(cublasLtMatmulDescCreate(&desc, compute, CUDA_R_32F));
        int one = CUBLAS_OP_T;
        if (ta) set(CUBLASLT_MATMUL_DESC_TRANSA, one);
        if (tb) set(CUBLASLT_MATMUL_DESC_TRANSB, one);
        OK(cublasLtMatrixLayoutCreate(&a, typeAb, ta ? k : m, ta ? m : k, ta ? k : m));
        OK(cublasLtMatrixLayoutCreate(&b, typeB < 0 ? typeAb : typeB, tb ? n : k, tb ? k : n, tb ? n : k));
        OK(cublasLtMatrixLayoutCreate(&c, typeC < 0 ? typeD : typeC, m, n, m));
        OK(cublasLtMatrixLayoutCreate(&d, typeD, m, n, m));
        OK(cublasLtMatmulPreferenceCreate(&preference));
        size_t workspace = 1 << 20;
        OK(cublasLtMatmulPreferenceSetAttribute(preference, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, &workspace,
                                                sizeof workspace));
    }
    ~Lt() {
        OK(cublasLtMatmulPreferenceDestroy(preference));
        for (auto layout : { a, b, c, d }) OK(cublasLtMatrixLayoutDestroy(layout));
        OK(cublasLtMatmulDescDestroy(desc));
        OK(cublasLtDestroy(handle));
    }
    template<class T> void set(int attribute, T value) {
        OK(cublasLtMatmulDescSetAttribute(desc, attribute, &value, sizeof value));
    }
    void epilogue(unsigned value) { set(CUBLASLT_MATMUL_DESC_EPILOGUE, value); }
    template<class T> void layout(cublasLtMatrixLayout_t which, int attribute, T value) {
        OK(cublasLtMatrixLayoutSetAttribute(which, attribute, &value, sizeof value));
    }
    int heuristic(cublasLtMatmulHeuristicResult_t* results, int requested, int* found) {
        return cublasLtMatmulAlgoGetHeuristic(handle, desc, a, b, c, d, preference, requested, results, found);
    }
    int run(CUdeviceptr pa, CUdeviceptr pb, CUdeviceptr pc, CUdeviceptr pd, CUstream stream = nullptr) {
        return cublasLtMatmul(handle, desc, &alpha, (void*)pa, a, (void*)pb, b, &beta, (void*)pc, c, (void*)pd, d,
                              nullptr, nullptr, 0, stream);
    }
};

}

TEST(GemmEx_TransposesTypesModes) {
    cublasHandle_t handle = nullptr;
    OK(cublasCreate_v2(&handle));
    int version = 0;
    OK(cublasGetVersion_v2(handle, &version));
    CHECK(version >= 110000);
    const int m = 37, n = 29, k = 300;
    float alpha = 1.5f, beta = 0.5f;
    for (int ta = 0; ta < 2; ta++)
        for (int tb = 0; tb < 2; tb++) {
            auto a = numbers(m * k, 1), b = numbers(k * n, 2), c = numbers(m * n, 3);
            auto expected = reference(a, b, ta, tb, m, n, k);
            Buffer<float> da(a), db(b), dc(c);
            OK(cublasGemmEx(handle, ta, tb, m, n, k, &alpha, da.pointer(), CUDA_R_32F, ta ? k : m, db.pointer(),
                            CUDA_R_32F, tb ? n : k, &beta, dc.pointer(), CUDA_R_32F, m, CUBLAS_COMPUTE_32F, -1));
            OK(cuCtxSynchronize());
            auto result = dc.get();
            for (int i = 0; i < m * n; i++) NEAR(1.5 * expected[i] + 0.5 * c[i], result[i], 1e-4);
        }
    Buffer<float> factors(std::vector<float>{ 2, 0 });
    auto a = roundedToBf16(numbers(m * k, 4)), b = roundedToBf16(numbers(k * n, 5));
    Buffer<uint16_t> ha(toBf16(a)), hb(toBf16(b));
    Buffer<float> out(m * n);
    CUstream stream = newStream();
    Buffer<char> workspace(1024);
    OK(cublasSetStream_v2(handle, stream));
    OK(cublasSetWorkspace_v2(handle, workspace.pointer(), 1024));
    EQUAL(CUBLAS_STATUS_INVALID_VALUE, cublasSetWorkspace_v2(handle, workspace.pointer() + 16, 512));
    OK(cublasSetPointerMode_v2(handle, CUBLAS_POINTER_MODE_DEVICE));
    OK(cublasGemmEx(handle, 0, 0, m, n, k, factors.pointer(), ha.pointer(), CUDA_R_16BF, m, hb.pointer(), CUDA_R_16BF,
                    k, factors.pointer() + 1, out.pointer(), CUDA_R_32F, m, CUBLAS_COMPUTE_32F, -1));
    OK(cuStreamSynchronize(stream));
    auto expected = reference(a, b, false, false, m, n, k);
    auto result = out.get();
    for (int i = 0; i < m * n; i++) NEAR(2 * expected[i], result[i], 1e-4);
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED,
          cublasGemmEx(handle, 0, 0, m, n, k, factors.pointer(), ha.pointer(), CUDA_R_16BF, m, hb.pointer(), CUDA_R_16F,
                       k, factors.pointer(), out.pointer(), CUDA_R_32F, m, CUBLAS_COMPUTE_32F, -1));
    EQUAL(CUBLAS_STATUS_INVALID_VALUE,
          cublasGemmEx(handle, 0, 0, m, n, k, factors.pointer(), ha.pointer(), CUDA_R_16BF, m - 1, hb.pointer(),
                       CUDA_R_16BF, k, factors.pointer(), out.pointer(), CUDA_R_32F, m, CUBLAS_COMPUTE_32F, -1));
    OK(cublasSetMathMode(handle, CUBLAS_TF32_TENSOR_OP_MATH));
    EQUAL(CUBLAS_STATUS_INVALID_VALUE, cublasSetMathMode(handle, 77));
    OK(cublasDestroy_v2(handle));
    EQUAL(CUBLAS_STATUS_NOT_INITIALIZED, cublasDestroy_v2(handle));
    CHECK(!std::strcmp("CUBLAS_STATUS_NOT_SUPPORTED", cublasGetStatusString(15)));
    CHECK(!std::strcmp("CUBLAS_STATUS_SUCCESS", cublasGetStatusName(0)));
    OK(cuStreamDestroy_v2(stream));
}

TEST(Gemm_BatchesTf32Bytes) {
    cublasHandle_t handle = nullptr;
    OK(cublasCreate_v2(&handle));
    const int m = 8, n = 12, k = 20, batches = 3;
    float one = 1, zero = 0;
    auto a = numbers(m * k * batches, 1), b = numbers(k * n, 2);
    Buffer<float> da(a), db(b), dc(m * n * batches);
    OK(cublasGemmStridedBatchedEx(handle, 0, 0, m, n, k, &one, da.pointer(), CUDA_R_32F, m, m * k, db.pointer(),
                                  CUDA_R_32F, k, 0, &zero, dc.pointer(), CUDA_R_32F, m, m * n, batches,
                                  CUBLAS_COMPUTE_32F, -1));
    OK(cuCtxSynchronize());
    auto result = dc.get();
    for (int batch = 0; batch < batches; batch++) {
        std::vector<float> part(a.begin() + batch * m * k, a.begin() + (batch + 1) * m * k);
        auto expected = reference(part, b, false, false, m, n, k);
        for (int i = 0; i < m * n; i++) NEAR(expected[i], result[batch * m * n + i], 1e-5);
    }
    OK(cublasGemmEx(handle, 0, 0, m, n, k, &one, da.pointer(), CUDA_R_32F, m, db.pointer(), CUDA_R_32F, k, &zero,
                    dc.pointer(), CUDA_R_32F, m, CUBLAS_COMPUTE_32F_FAST_TF32, -1));
    OK(cuCtxSynchronize());
    auto coarse = dc.get();
    double difference = 0;
    for (int i = 0; i < m * n; i++) difference = std::fmax(difference, std::fabs(coarse[i] - result[i]));
    CHECK(difference > 1e-6 && difference < 1e-2);
    std::vector<int8_t> bytes(k * m, 3), others(k * n, -2);
    Buffer<int8_t> ba(bytes), bb(others);
    Buffer<int> bc(m * n);
    int oneInteger = 1, zeroInteger = 0;
    OK(cublasGemmEx(handle, 1, 0, m, n, k, &oneInteger, ba.pointer(), CUDA_R_8I, k, bb.pointer(), CUDA_R_8I, k,
                    &zeroInteger, bc.pointer(), CUDA_R_32I, m, CUBLAS_COMPUTE_32I, -1));
    OK(cuCtxSynchronize());
    for (int value : bc.get()) EQUAL(-6 * k, value);
    OK(cublasDestroy_v2(handle));
}

TEST(Lt_Epilogues) {
    const int m = 48, n = 40, k = 64;
    auto a = numbers(m * k, 1), b = numbers(k * n, 2), bias = numbers(m, 3), c = numbers(m * n, 4);
    Buffer<float> da(a), db(b), dc(c), dd(m * n), dbias(bias), aux(m * n);
    auto product = reference(a, b, true, false, m, n, k);
    auto expect = [&](auto f, double tolerance = 2e-5) {
        OK(cuCtxSynchronize());
        auto result = dd.get();
        for (int i = 0; i < m * n; i++) NEAR(f(product[i], i % m, i), result[i], tolerance);
    };
    auto prepared = [&](unsigned epilogue) {
        auto lt = std::make_unique<Lt>(m, n, k, true, false, CUDA_R_32F, CUDA_R_32F);
        lt->epilogue(epilogue);
        lt->set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, dbias.pointer());
        lt->set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, aux.pointer());
        lt->set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, int64_t(m));
        return lt;
    };
    auto run = [&](unsigned epilogue) { OK(prepared(epilogue)->run(da.address, db.address, dc.address, dd.address)); };
    auto relu = [](double x) { return x > 0 ? x : 0; };
    run(CUBLASLT_EPILOGUE_DEFAULT);
    expect([&](double x, int, int) { return x; });
    run(CUBLASLT_EPILOGUE_RELU);
    expect([&](double x, int, int) { return relu(x); });
    run(CUBLASLT_EPILOGUE_BIAS);
    expect([&](double x, int i, int) { return x + bias[i]; });
    run(CUBLASLT_EPILOGUE_RELU_BIAS);
    expect([&](double x, int i, int) { return relu(x + bias[i]); });
    run(CUBLASLT_EPILOGUE_GELU);
    expect([&](double x, int, int) { return gelu(x); });
    run(CUBLASLT_EPILOGUE_GELU_BIAS);
    expect([&](double x, int i, int) { return gelu(x + bias[i]); });
    run(CUBLASLT_EPILOGUE_GELU_AUX);
    expect([&](double x, int, int) { return gelu(x); });
    run(CUBLASLT_EPILOGUE_GELU_AUX_BIAS);
    expect([&](double x, int i, int) { return gelu(x + bias[i]); });
    auto before = aux.get();
    for (int i = 0; i < m * n; i++) NEAR(product[i] + bias[i % m], before[i], 2e-5);
    run(CUBLASLT_EPILOGUE_DGELU);
    expect([&](double x, int, int i) { return x * geluGradient(before[i]); }, 1e-4);
    run(CUBLASLT_EPILOGUE_DGELU_BGRAD);
    expect([&](double x, int, int i) { return x * geluGradient(before[i]); }, 1e-4);
    auto gradient = dbias.get();
    for (int i = 0; i < m; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++) sum += product[j * m + i] * geluGradient(before[j * m + i]);
        NEAR(sum, gradient[i], 1e-3);
    }
    run(CUBLASLT_EPILOGUE_BGRADA);
    OK(cuCtxSynchronize());
    gradient = dbias.get();
    for (int i = 0; i < m; i++) {
        double sum = 0;
        for (int l = 0; l < k; l++) sum += at(a, true, m, k, i, l);
        NEAR(sum, gradient[i], 1e-4);
    }
    Buffer<float> sumsB(n);
    auto lt = prepared(CUBLASLT_EPILOGUE_BGRADB);
    lt->set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, sumsB.pointer());
    OK(lt->run(da.address, db.address, dc.address, dd.address));
    OK(cuCtxSynchronize());
    auto ofB = sumsB.get();
    for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) sum += at(b, false, k, n, l, j);
        NEAR(sum, ofB[j], 1e-4);
    }
    dbias.set(bias);
    Buffer<char> mask(128 / 8 * n);
    for (unsigned epilogue : { CUBLASLT_EPILOGUE_RELU_AUX, CUBLASLT_EPILOGUE_RELU_AUX_BIAS, CUBLASLT_EPILOGUE_DRELU }) {
        auto bits = prepared(epilogue);
        bits->set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, mask.pointer());
        bits->set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, int64_t(128));
        OK(bits->run(da.address, db.address, dc.address, dd.address));
        if (epilogue == CUBLASLT_EPILOGUE_RELU_AUX) expect([&](double x, int, int) { return relu(x); });
        else if (epilogue == CUBLASLT_EPILOGUE_RELU_AUX_BIAS)
            expect([&](double x, int i, int) { return relu(x + bias[i]); });
        else expect([&](double x, int i, int) { return x + bias[i] > 0 ? x : 0; });
    }
    auto bits = prepared(CUBLASLT_EPILOGUE_DRELU_BGRAD);
    bits->set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, mask.pointer());
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED, bits->run(da.address, db.address, dc.address, dd.address));
    bits->set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, int64_t(128));
    OK(bits->run(da.address, db.address, dc.address, dd.address));
    auto residual = prepared(CUBLASLT_EPILOGUE_DEFAULT);
    residual->beta = 1;
    OK(residual->run(da.address, db.address, dc.address, dc.address));
    OK(cuCtxSynchronize());
    auto sum = dc.get();
    for (int i = 0; i < m * n; i++) NEAR(product[i] + c[i], sum[i], 2e-5);
}

TEST(Lt_Bf16_HeuristicsWorkspaceBatches) {
    const int m = 64, n = 32, k = 128;
    auto a = roundedToBf16(numbers(2 * m * k, 1)), b = roundedToBf16(numbers(2 * k * n, 2));
    Buffer<uint16_t> da(toBf16(a)), db(toBf16(b)), dd(2 * m * n);
    Lt lt(m, n, k, false, false, CUDA_R_16BF, CUDA_R_16BF);
    cublasLtMatmulHeuristicResult_t results[8];
    int found = 0;
    OK(lt.heuristic(results, 8, &found));
    EQUAL(4, found);
    Buffer<char> workspace(results[3].workspaceSize);
    CHECK(results[3].workspaceSize > 0);
    std::vector<float> first(a.begin(), a.begin() + m * k), second(b.begin(), b.begin() + k * n);
    auto expected = reference(first, second, false, false, m, n, k);
    for (int i = 0; i < found; i++) {
        cublasLtMatmulHeuristicResult_t checked;
        OK(cublasLtMatmulAlgoCheck(lt.handle, lt.desc, lt.a, lt.b, lt.c, lt.d, &results[i].algo, &checked));
        EQUAL(results[i].workspaceSize, checked.workspaceSize);
        OK(cublasLtMatmul(lt.handle, lt.desc, &lt.alpha, da.pointer(), lt.a, db.pointer(), lt.b, &lt.beta, dd.pointer(),
                          lt.c, dd.pointer(), lt.d, &results[i].algo, workspace.pointer(), results[i].workspaceSize,
                          nullptr));
        OK(cuCtxSynchronize());
        auto result = dd.get();
        for (int e = 0; e < m * n; e++) NEAR(expected[e], fromBf16(result[e]), 0.01 + std::fabs(expected[e]) / 128);
    }
    EQUAL(CUBLAS_STATUS_INVALID_VALUE,
          cublasLtMatmul(lt.handle, lt.desc, &lt.alpha, da.pointer(), lt.a, db.pointer(), lt.b, &lt.beta, dd.pointer(),
                         lt.c, dd.pointer(), lt.d, &results[3].algo, workspace.pointer(), 16, nullptr));
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED,
          cublasLtMatmul(lt.handle, lt.desc, &lt.alpha, da.pointer() + 1, lt.a, db.pointer(), lt.b, &lt.beta,
                         dd.pointer(), lt.c, dd.pointer(), lt.d, &results[0].algo, nullptr, 0, nullptr));
    for (auto layout : { lt.a, lt.b, lt.c, lt.d }) lt.layout(layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, 2);
    lt.layout(lt.a, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, int64_t(m * k));
    lt.layout(lt.b, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, int64_t(k * n));
    lt.layout(lt.c, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, int64_t(m * n));
    lt.layout(lt.d, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, int64_t(m * n));
    OK(lt.run(da.address, db.address, dd.address, dd.address));
    OK(cuCtxSynchronize());
    std::vector<float> lastA(a.begin() + m * k, a.end()), lastB(b.begin() + k * n, b.end());
    expected = reference(lastA, lastB, false, false, m, n, k);
    auto result = dd.get();
    for (int e = 0; e < m * n; e++) NEAR(expected[e], fromBf16(result[m * n + e]), 0.01 + std::fabs(expected[e]) / 128);
    EQUAL(CUBLAS_STATUS_INVALID_VALUE, cublasLtMatmulDescSetAttribute(lt.desc, CUBLASLT_MATMUL_DESC_TRANSA, &m, 8));
    CHECK(cublasLtGetVersion() >= 110000);
}

TEST(Lt_Fp8_ScalesAmaxRestrictions) {
    const int m = 32, n = 16, k = 64;
    // 0x38 is 1.0 and 0x40 is 2.0 in E4M3; 0x3c is 1.0 in E5M2.
    Buffer<uint8_t> a(std::vector<uint8_t>(m * k, 0x40)), b(std::vector<uint8_t>(k * n, 0x38)), out8(m * n);
    Buffer<uint16_t> out(m * n), c(std::vector<uint16_t>(m * n, 0));
    Buffer<float> scales(std::vector<float>{ 0.5f, 0.25f, 2.0f }), amax(1);
    Lt lt(m, n, k, true, false, CUDA_R_8F_E4M3, CUDA_R_16BF);
    lt.set(CUBLASLT_MATMUL_DESC_A_SCALE_POINTER, scales.pointer());
    lt.set(CUBLASLT_MATMUL_DESC_B_SCALE_POINTER, scales.pointer() + 1);
    lt.set(CUBLASLT_MATMUL_DESC_FAST_ACCUM, int8_t(1));
    OK(lt.run(a.address, b.address, c.address, out.address));
    OK(cuCtxSynchronize());
    for (uint16_t value : out.get()) NEAR(2.0 * k * 0.125, fromBf16(value), 0);
    Lt small(m, n, k, true, false, CUDA_R_8F_E4M3, CUDA_R_8F_E4M3, CUBLAS_COMPUTE_32F, CUDA_R_8F_E5M2, CUDA_R_16BF);
    small.set(CUBLASLT_MATMUL_DESC_AMAX_D_POINTER, amax.pointer());
    small.set(CUBLASLT_MATMUL_DESC_D_SCALE_POINTER, scales.pointer() + 2);
    OK(small.run(a.address, b.address, c.address, out8.address));
    OK(cuCtxSynchronize());
    NEAR(2.0 * k * 0.5, amax.get()[0], 0);
    for (uint8_t value : out8.get()) EQUAL(0x70, value);
    Lt notTransposed(m, n, k, false, false, CUDA_R_8F_E4M3, CUDA_R_16BF);
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED, notTransposed.run(a.address, b.address, c.address, out.address));
    Lt both(m, n, k, true, false, CUDA_R_8F_E5M2, CUDA_R_16BF);
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED, both.run(a.address, b.address, c.address, out.address));
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED, lt.run(a.address + 8, b.address, c.address, out.address));
    lt.epilogue(CUBLASLT_EPILOGUE_BGRADB);
    lt.set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, out.pointer());
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED, lt.run(a.address, b.address, c.address, out.address));
    Modes modes{ { { "MCSIM_CC", "80" } } };
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED, small.run(a.address, b.address, c.address, out8.address));
}

TEST(Lt_RefusesOnPurpose) {
    Lt lt(32, 32, 32, true, false, CUDA_R_32F, CUDA_R_32F);
    Buffer<float> x(1024), bias(32);
    lt.epilogue(CUBLASLT_EPILOGUE_GELU);
    cublasLtMatmulHeuristicResult_t result;
    int found = 0;
    OK(lt.heuristic(&result, 1, &found));
    Modes modes{ { { "MCSIM_LT_REFUSE", "epilogues" } } };
    EQUAL(CUBLAS_STATUS_NOT_SUPPORTED, lt.heuristic(&result, 1, &found));
    EQUAL(0, found);
    lt.epilogue(CUBLASLT_EPILOGUE_DEFAULT);
    OK(lt.heuristic(&result, 1, &found));
    lt.epilogue(CUBLASLT_EPILOGUE_RELU);
    EQUAL(0, mcsimConfigure("MCSIM_LT_REFUSE", "hash:3"));
    int refused = 0;
    for (int m = 32; m < 96; m += 2) {
        Lt other(m, 32, 32, true, false, CUDA_R_32F, CUDA_R_32F);
        other.epilogue(CUBLASLT_EPILOGUE_RELU);
        int first = other.heuristic(&result, 1, &found);
        EQUAL(first, other.heuristic(&result, 1, &found));
        refused += first == CUBLAS_STATUS_NOT_SUPPORTED;
    }
    CHECK(refused > 3 && refused < 24);
}

TEST(Lt_CapturedIntoAGraph) {
    Lt lt(16, 16, 16, false, false, CUDA_R_32F, CUDA_R_32F);
    Buffer<float> a(numbers(256, 1)), b(numbers(256, 2)), d(256);
    CUstream stream = newStream();
    CUgraph graph = nullptr;
    CUgraphExec exec = nullptr;
    OK(cuStreamBeginCapture_v2(stream, CU_STREAM_CAPTURE_MODE_GLOBAL));
    OK(lt.run(a.address, b.address, d.address, d.address, stream));
    OK(cuStreamEndCapture(stream, &graph));
    OK(cuGraphInstantiateWithFlags(&exec, graph, 0));
    EQUAL(0, mcsimKernelCount("cublasLt"));
    OK(cuGraphLaunch(exec, stream));
    OK(cuStreamSynchronize(stream));
    EQUAL(1, mcsimKernelCount("cublasLt"));
    auto expected = reference(a.get(), b.get(), false, false, 16, 16, 16);
    auto result = d.get();
    for (int i = 0; i < 256; i++) NEAR(expected[i], result[i], 1e-5);
    OK(cuGraphExecDestroy(exec));
    OK(cuGraphDestroy(graph));
}

TEST(Gemm_Speed) {
    const int size = 512;
    Lt lt(size, size, size, true, false, CUDA_R_32F, CUDA_R_32F);
    Buffer<float> a(numbers(size * size, 1)), b(numbers(size * size, 2)), d(size * size);
    OK(lt.run(a.address, b.address, d.address, d.address));
    OK(cuCtxSynchronize());
    double start = processorSeconds();
    OK(lt.run(a.address, b.address, d.address, d.address));
    OK(cuCtxSynchronize());
    double speed = 2.0 * size * size * size / (processorSeconds() - start) * 1e-9;
    std::printf("  fp32 %d^3: %.1f GFLOP/s\n", size, speed);
    CHECK(speed > 0.5);
}
