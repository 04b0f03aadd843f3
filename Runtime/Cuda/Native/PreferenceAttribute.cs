namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>cublasLtMatmulPreferenceAttributes_t of cublasLt.h.</summary>
enum PreferenceAttribute
{
    SearchMode = 0,
    MaxWorkspaceBytes = 1,
    ReductionSchemeMask = 3,
    AlignmentA = 5,
    AlignmentB = 6,
    AlignmentC = 7,
    AlignmentD = 8,
    MaxWaves = 9,
}
