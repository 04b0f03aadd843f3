using System;
using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <content>
/// Products and what is computed with them: by an epilogue of cuBLASLt where it has one for these operands and is the
/// faster way here, else by kernels after the product.
/// </content>
public abstract unsafe partial class CudaProgram
{
    /// <summary>Elements that the rows of what GELU keeps must be a multiple of; cublasLt.h.</summary>
    const int AuxMultiple = 8;

    /// <summary>C = A · B + residual + bias.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B.</param>
    /// <param name="a">[m, k], by strides.</param>
    /// <param name="b">[k, n], by strides.</param>
    /// <param name="c">[m, n], by rows.</param>
    /// <param name="residual">[m, n] as C, in memory of its own; none without data.</param>
    /// <param name="bias">[n] fp32, added to every row; null for none.</param>
    protected void MultiplyAndAdd(long m, long n, long k, MatrixView a, MatrixView b, MatrixView c,
        MatrixView residual = default, float* bias = null) =>
        Multiply(m, n, k, a, b, c, new ProductExtras { Bias = bias, Residual = residual });

    /// <summary>C = GELU(A · B + bias), by its approximation with tanh.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B.</param>
    /// <param name="a">[m, k], by strides.</param>
    /// <param name="b">[k, n], by strides.</param>
    /// <param name="c">[m, n], by rows.</param>
    /// <param name="before">[m, n] as C: gets what goes into GELU; none without data.</param>
    /// <param name="bias">[n] fp32, added to every row; null for none.</param>
    protected void MultiplyGelu(long m, long n, long k, MatrixView a, MatrixView b, MatrixView c,
        MatrixView before = default, float* bias = null) =>
        Multiply(m, n, k, a, b, c, new ProductExtras { Bias = bias, Before = before, Function = ProductFunction.Gelu });

    /// <summary>C = A · B · GELU'(before), elementwise but for the first product.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B.</param>
    /// <param name="a">[m, k], by strides.</param>
    /// <param name="b">[k, n], by strides.</param>
    /// <param name="c">[m, n], by rows.</param>
    /// <param name="before">[m, n] as C: what went into GELU.</param>
    protected void MultiplyGeluGradient(long m, long n, long k, MatrixView a, MatrixView b, MatrixView c,
        MatrixView before) =>
        Multiply(m, n, k, a, b, c, new ProductExtras { Before = before, Function = ProductFunction.GeluGradient });

    /// <summary>C = A · B, and the sums over B's rows: the gradient of a bias where B is that of the result.</summary>
    /// <param name="m">Rows of A and C.</param>
    /// <param name="n">Columns of B and C.</param>
    /// <param name="k">Columns of A and rows of B.</param>
    /// <param name="a">[m, k], by strides.</param>
    /// <param name="b">[k, n], by strides.</param>
    /// <param name="c">[m, n] fp32, by rows.</param>
    /// <param name="biasGradient">[n] fp32: gets the sums.</param>
    protected void MultiplyAndSum(long m, long n, long k, MatrixView a, MatrixView b, MatrixView c, float* biasGradient)
    {
        Scratch(Splits(k) * n * sizeof(float));
        Multiply(m, n, k, a, b, c, new ProductExtras { BiasGradient = biasGradient });
    }

    /// <summary>Products that cuBLASLt has an epilogue for.</summary>
    internal int EpilogueCount
    {
        get
        {
            int count = 0;
            foreach ((ProductKey key, ProductPlan plan) in plans)
                if (key.Extras with { HasResidual = false } != default && plan.Matmul is not null) count++;
            return count;
        }
    }

    void Multiply(long m, long n, long k, MatrixView a, MatrixView b, MatrixView c, ProductExtras extras)
    {
        ulong rounded = Scratch(c.Size < sizeof(float) ? n * c.Size : 0);
        if (isMeasuring || m * n == 0 || IsFloat8(a))
        {
            Separately(m, n, k, a, b, c, extras);
            return;
        }
        if (extras.Residual.Data == c.Data && c.Data is not null || extras.Before.Data == c.Data)
            throw new InvalidOperationException("A product was planned over what is computed with it. Please report " +
                "this.");
        if (survey is not null)
        {
            // Which way is taken only a device tells: the kernels of both.
            if (extras.Bias is not null && c.Size < sizeof(float)) Round(extras.Bias, rounded, c.Type, n);
            Separately(m, n, k, a, b, c, extras);
            return;
        }
        ProductKey key = KeyOf(1, m, n, k, a, b, c) with { Extras = extras.Key };
        key = key with { Alignment = Math.Min(key.Alignment, Aligned(extras.Residual, extras.Before, c)) };
        bool isKnown = plans.TryGetValue(key, out ProductPlan? plan);
        extras.Vector = (ulong)extras.Bias;
        if (extras.Bias is not null && c.Size < sizeof(float) && (!isKnown || plan!.Matmul is not null))
        {
            // The epilogue takes a vector of the result's type.
            Round(extras.Bias, rounded, c.Type, n);
            extras.Vector = rounded;
        }
        plan = PlanOf(key, a, b, c, extras);
        if (plan.Matmul is not { } matmul)
        {
            Separately(m, n, k, a, b, c, extras);
            return;
        }
        if (extras.Bias is not null) matmul.Bias = extras.Vector;
        if (extras.BiasGradient is not null) matmul.Bias = (ulong)extras.BiasGradient;
        if (extras.Before.Data is not null) matmul.Aux = (ulong)extras.Before.Data;
        products.Multiply(matmul, 1, (ulong)b.Data, (ulong)a.Data, extras.Beta, extras.Added(c), (ulong)c.Data,
            plan.Algorithm, Workspace, ProductBytes, stream);
    }

    void Round(float* vector, ulong to, MatrixType type, long length)
    {
        if (type == MatrixType.BFloat16) Copy(vector, (BFloat16*)to, length);
        else Copy(vector, (Half*)to, length);
    }

    /// <summary>The product, then a kernel for what is computed of it.</summary>
    void Separately(long m, long n, long k, MatrixView a, MatrixView b, MatrixView c, ProductExtras extras)
    {
        Multiply(1, 1, m, n, k, a, b, c);
        if (isMeasuring || m * n == 0) return;
        string element = "ELEMENT=" + NameOf(c.Type);
        CudaKernel Kernel(string name) => Library.Get("product_epilogues", name, element);
        if (extras.Function == ProductFunction.Gelu)
            Launch(Kernel("gelu_of_product"), Blocks(m * n), c.Data, extras.Bias, extras.Before.Data, m, n, (long)c.Row,
                (long)extras.Before.Row);
        else if (extras.Function == ProductFunction.GeluGradient)
            Launch(Kernel("gelu_gradient_of_product"), Blocks(m * n), c.Data, extras.Before.Data, m, n, (long)c.Row,
                (long)extras.Before.Row);
        else if (extras.BiasGradient is not null) SumRows(k, n, b, extras.BiasGradient);
        else
            Launch(Kernel("add_to_product"), Blocks(m * n), c.Data, extras.Bias, extras.Residual.Data, m, n,
                (long)c.Row, (long)extras.Residual.Row);
    }

    /// <summary>sums [n] = those over the rows of b [k, n], in parts that are added in order.</summary>
    void SumRows(long k, long n, MatrixView b, float* sums)
    {
        int splits = Splits(k);
        ulong parts = splits == 1 ? (ulong)sums : Scratch(splits * n * sizeof(float));
        var grid = new CudaLaunchShape(checked((int)((n + ColumnsOfBlock - 1) / ColumnsOfBlock)), splits, 1,
            ProgramThreads);
        Launch(Library.Get("product_epilogues", "sum_operand_rows", "ELEMENT=" + NameOf(b.Type)), grid, b.Data,
            (void*)parts, k, n, (long)b.Row, (long)b.Column);
        if (splits > 1)
            Launch(Own("combine"), Blocks(n), (void*)parts, sums, splits, n, 0L, n, 0);
    }

    static int Splits(long rows) => (int)Math.Clamp(rows / RowsOfSplit, 1, MostSplits);

    enum ProductFunction
    {
        None,
        Gelu,
        GeluGradient,
    }

    /// <summary>What is computed with a product of one matrix.</summary>
    struct ProductExtras
    {
        public float* Bias;
        public MatrixView Residual;
        public ProductFunction Function;
        public MatrixView Before;
        public float* BiasGradient;

        /// <summary>The bias as the epilogue takes it.</summary>
        public ulong Vector;

        /// <summary>What the residual is multiplied by.</summary>
        public readonly float Beta => Residual.Data is null ? 0 : 1;

        /// <summary>Where the residual is, or what is in its place.</summary>
        public readonly ulong Added(MatrixView c) => (ulong)(Residual.Data is null ? c.Data : Residual.Data);

        /// <summary>What plans differ by.</summary>
        public readonly ExtrasKey Key => new(Bias is not null, Residual.Data is not null, Function,
            Before.Data is null ? 0 : Before.Row, BiasGradient is not null);

        /// <summary>Describes them to cuBLASLt; false where it has no such epilogue.</summary>
        public readonly bool TrySet(CudaBlasLtMatmul matmul, in ProductKey key, MatrixView c)
        {
            if (Residual.Data is not null && Residual.Row != c.Row) return false;
            if (Before.Data is not null)
            {
                if (Before.Row % AuxMultiple != 0 || Before.Column != 1 || key.Alignment < sizeof(uint) * 4)
                    return false;
                (matmul.Aux, matmul.AuxStride) = ((ulong)Before.Data, Before.Row);
            }
            bool isKept = Before.Data is not null;
            if (Function == ProductFunction.GeluGradient) matmul.Epilogue = CudaBlasLtEpilogue.GeluGradient;
            else if (Function == ProductFunction.Gelu)
                matmul.Epilogue = (Bias is not null, isKept) switch
                {
                    (true, true) => CudaBlasLtEpilogue.GeluAuxBias,
                    (true, false) => CudaBlasLtEpilogue.GeluBias,
                    (false, true) => CudaBlasLtEpilogue.GeluAux,
                    _ => CudaBlasLtEpilogue.Gelu,
                };
            // B by rows is what cuBLASLt, which thinks in columns, is given as A.
            else if (BiasGradient is not null) matmul.Epilogue = CudaBlasLtEpilogue.BiasGradientOfA;
            else if (Bias is not null) matmul.Epilogue = CudaBlasLtEpilogue.Bias;
            if (Bias is not null) (matmul.Bias, matmul.BiasType) = (Vector, TypeOf(c.Type));
            if (BiasGradient is not null)
                (matmul.Bias, matmul.BiasType) = ((ulong)BiasGradient, CudaDataType.Float32);
            return true;
        }
    }

    /// <summary>What plans of products with extras differ by.</summary>
    readonly record struct ExtrasKey(bool HasBias, bool HasResidual, ProductFunction Function, nint BeforeRow,
        bool HasBiasGradient);
}
