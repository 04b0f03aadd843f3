using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ModelCompiler.Declaration;

/// <summary>For C# that models cannot be written in: what to write instead.</summary>
static class UnsupportedCSharp
{
    public static string Advice(IOperation operation) => operation switch
    {
        IWhileLoopOperation => "use for or foreach with a count known at build, or Scan over an axis",
        IForEachLoopOperation => "use foreach over an array of layers with one loop variable",
        ITryOperation => "a model computes the same every time: remove try",
        IUsingOperation or IUsingDeclarationOperation => "a model holds nothing to dispose: remove using",
        ILockOperation => "a model has no shared state: remove lock",
        IAwaitOperation => "a model computes synchronously: remove await",
        IBranchOperation { BranchKind: BranchKind.Continue or BranchKind.GoTo } => "use if and else",
        IReturnOperation { Kind: OperationKind.YieldReturn or OperationKind.YieldBreak } => "return an array",
        IFieldReferenceOperation { Instance: null } => "make it const, or a local",
        IPropertyReferenceOperation { Instance: null } => "use a const or a local",
        IInterpolatedStringOperation or IInterpolatedStringContentOperation => "put no format into it",
        IUnaryOperation { OperatorKind: UnaryOperatorKind.Hat } or IImplicitIndexerReferenceOperation =>
            "axes may be negative: Shape[-1], Slice(x, -1, start, length)",
        IArgumentOperation => "return a tuple instead of ref and out",
        IMemberInitializerOperation or IInvocationOperation => "set each property to a value of its own",
        IRangeOperation => "use Slice(x, axis, start, length)",
        IConditionalAccessOperation => "nothing is null while a model is compiled: use .",
        ISpreadOperation or ICollectionExpressionOperation => "list the elements, or use Concatenate for tensors",
        IDynamicInvocationOperation or IDynamicMemberReferenceOperation => "use static types",
        IMethodReferenceOperation or IDelegateCreationOperation => "write a lambda: x => Method(x)",
        IEventReferenceOperation or IEventAssignmentOperation => "a model has no events",
        IAddressOfOperation => "a model has no pointers: use tensors",
        ICoalesceAssignmentOperation => "use if",
        ITypeOfOperation or IIsTypeOperation or IDeclarationPatternOperation or ITypePatternOperation =>
            "decide by constants, not by types",
        _ => "use locals, operators on tensors, calls, if on constants, and loops with a known count",
    };
}
