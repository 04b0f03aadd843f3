using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ModelCompiler.Declaration;

/// <summary>The part that reads statements and expressions.</summary>
sealed partial class ReadDeclaration
{
    int Visit(IOperation? operation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (operation is null) return -1;
        if (operation is not IDeclarationExpressionOperation && operation.ConstantValue is { HasValue: true } constant)
            return Add(NodeKind.Literal, operation, constant: constant.Value);
        return Statement(operation) ?? Expression(operation);
    }

    int[] Visit(IEnumerable<IOperation> operations) => [.. operations.Select(Visit)];

    int? Statement(IOperation operation) => operation switch
    {
        IBlockOperation o => Add(NodeKind.Block, o, children: Visit(o.Operations)),
        IVariableDeclarationGroupOperation o =>
            Add(NodeKind.Block, o, children: [.. o.Declarations.SelectMany(d => d.Declarators).Select(Declare)]),
        IExpressionStatementOperation o => Add(NodeKind.Evaluate, o, children: [Visit(o.Operation)], hasText: true),
        IReturnOperation { Kind: OperationKind.Return } o =>
            Add(NodeKind.Return, o, children: [Visit(o.ReturnedValue)], hasText: true),
        IForEachLoopOperation { LoopControlVariable: IVariableDeclaratorOperation variable } o =>
            Add(NodeKind.ForEach, o, variable.Symbol.Name, children: [Visit(Bare(o.Collection)), Visit(o.Body)],
                hasText: true),
        IForLoopOperation o => For(o),
        IConditionalOperation o => Add(NodeKind.Choose, o,
            children: [Visit(o.Condition), Visit(o.WhenTrue), Visit(o.WhenFalse)]),
        ISwitchOperation o => Switch(o),
        IBranchOperation { BranchKind: BranchKind.Break } o => Add(NodeKind.Break, o),
        ILocalFunctionOperation o => LocalFunction(o),
        IEmptyOperation o => Add(NodeKind.Block, o),
        IThrowOperation o => Throw(o),
        _ => null,
    };

    int Expression(IOperation operation) => operation switch
    {
        IParenthesizedOperation o => Visit(o.Operand),
        ILocalReferenceOperation o => Add(NodeKind.Local, o, o.Local.Name),
        IParameterReferenceOperation o => Add(
            o.Parameter.ContainingSymbol is IMethodSymbol { MethodKind: MethodKind.Constructor }
                ? NodeKind.ClassParameter : NodeKind.Local, o, o.Parameter.Name),
        IInstanceReferenceOperation o => Add(NodeKind.This, o),
        IFieldReferenceOperation { Instance: not null } o =>
            Add(NodeKind.Member, o, (o.Field.CorrespondingTupleField ?? o.Field).Name, children: [Visit(o.Instance)]),
        IPropertyReferenceOperation o when o.Instance is not null || IsComputed(o.Property)
            || o.Property.DeclaringSyntaxReferences.IsEmpty => Property(o),
        IInvocationOperation { TargetMethod.MethodKind: MethodKind.DelegateInvoke } o =>
            Add(NodeKind.Invoke, o, children: [Visit(o.Instance), .. Ordered(o.Arguments)]),
        IInvocationOperation { TargetMethod.MethodKind: MethodKind.LocalFunction } o =>
            Add(NodeKind.Invoke, o, children: [Add(NodeKind.Local, o, o.TargetMethod.Name), .. Ordered(o.Arguments)]),
        IInvocationOperation o => Call(o, o.TargetMethod, o.Instance, o.Arguments),
        IObjectCreationOperation { Constructor: { } constructor } o => New(o, constructor),
        IBinaryOperation { OperatorMethod: { } method } o => Operator(o, method, o.LeftOperand, o.RightOperand),
        IUnaryOperation { OperatorMethod: { } method } o => Operator(o, method, o.Operand),
        IBinaryOperation o => Add(NodeKind.Arithmetic, o, o.OperatorKind.ToString(),
            children: [Visit(o.LeftOperand), Visit(o.RightOperand)]),
        IUnaryOperation { OperatorKind: not UnaryOperatorKind.Hat } o =>
            Add(NodeKind.Arithmetic, o, o.OperatorKind.ToString(), children: [Visit(o.Operand)]),
        IConversionOperation { OperatorMethod: { } method } o => Operator(o, method, o.Operand),
        IConversionOperation { Operand: IAnonymousFunctionOperation } o => Visit(o.Operand),
        IConversionOperation o => Add(NodeKind.Convert, o, type: o.Type is null ? ""
            : Signature.Of(o.Type), children: [Visit(o.Operand)]),
        IDelegateCreationOperation { Target: IAnonymousFunctionOperation f } => Visit(f),
        IAnonymousFunctionOperation o => Lambda(o, o.Symbol, o.Body),
        IArrayCreationOperation { Initializer: { } values } o =>
            Add(NodeKind.Array, o, type: ElementOf(o), children: Visit(values.ElementValues)),
        IArrayCreationOperation { DimensionSizes: [var length] } o =>
            Add(NodeKind.EmptyArray, o, type: ElementOf(o), children: [Visit(length)]),
        ICollectionExpressionOperation { Type: IArrayTypeSymbol } o when !o.Elements.OfType<ISpreadOperation>().Any() =>
            Add(NodeKind.Array, o, type: ElementOf(o), children: Visit(o.Elements)),
        ITupleOperation o => Add(NodeKind.Tuple, o, children: Visit(o.Elements)),
        IConditionalOperation o => Add(NodeKind.Choose, o,
            children: [Visit(o.Condition), Visit(o.WhenTrue), Visit(o.WhenFalse)]),
        ICoalesceOperation o => Add(NodeKind.Coalesce, o, children: [Visit(o.Value), Visit(o.WhenNull)]),
        ISwitchExpressionOperation o => Add(NodeKind.Switch, o, children:
            [Visit(o.Value), .. o.Arms.SelectMany(a => new[] { Pattern(a.Pattern), Visit(a.Guard), Visit(a.Value) })]),
        IIsPatternOperation o => Add(NodeKind.Is, o, children: [Visit(o.Value), Pattern(o.Pattern)]),
        IInterpolatedStringOperation o => Add(NodeKind.Interpolation, o,
            children: Visit(o.Parts.Select(Part).Where(p => p is not null)!)),
        IThrowOperation o => Throw(o),
        IArrayElementReferenceOperation { Indices: [var place] } o =>
            Add(NodeKind.Index, o, children: [Visit(o.ArrayReference), Visit(place)]),
        ISimpleAssignmentOperation { Target: IDiscardOperation } o => Visit(o.Value),
        ISimpleAssignmentOperation o => Add(NodeKind.Assign, o, children: [Visit(o.Target), Visit(o.Value)]),
        ICompoundAssignmentOperation o => Compound(o),
        IIncrementOrDecrementOperation o => Increment(o),
        IDeconstructionAssignmentOperation o =>
            Add(NodeKind.Deconstruct, o, children: [Targets(o.Target), Visit(o.Value)]),
        IDiscardOperation o => Add(NodeKind.Discard, o),
        IDefaultValueOperation o => Add(NodeKind.Literal, o),
        IInvalidOperation => Add(NodeKind.Invalid, operation),
        _ => Unsupported(operation),
    };

    static string ElementOf(IOperation array) => Signature.Of(((IArrayTypeSymbol)array.Type!).ElementType);

    static IOperation? Part(IInterpolatedStringContentOperation part) => part switch
    {
        IInterpolatedStringTextOperation text => text.Text,
        IInterpolationOperation { FormatString: null, Alignment: null } hole => hole.Expression,
        _ => part,
    };

    static IOperation Bare(IOperation operation) =>
        operation is IConversionOperation { OperatorMethod: null, Operand: { } operand } ? operand : operation;

    /// <summary>Of an exception that is not the library's only its type and message matter.</summary>
    int Throw(IThrowOperation o)
    {
        if (o.Exception is null || Bare(o.Exception) is not IObjectCreationOperation { Type: { } thrown } created
            || Signature.Of(thrown).StartsWith(Library, StringComparison.Ordinal))
            return Add(NodeKind.Throw, o, children: [Visit(o.Exception)]);
        IArgumentOperation? message = created.Arguments.FirstOrDefault(a => a.Parameter?.Name == "message")
            ?? created.Arguments.FirstOrDefault(a => a.Parameter?.Type.SpecialType == SpecialType.System_String);
        return Add(NodeKind.Throw, o, thrown.Name, children: [Visit(message?.Value)]);
    }

    int Declare(IVariableDeclaratorOperation declarator) =>
        Add(NodeKind.Declare, declarator, declarator.Symbol.Name,
            children: [Visit(declarator.GetVariableInitializer()?.Value)], hasText: true);

    int LocalFunction(ILocalFunctionOperation o)
    {
        int lambda = Lambda(o, o.Symbol, o.Body);
        return Add(NodeKind.Declare, o, o.Symbol.Name, children: [lambda]);
    }

    int Lambda(IOperation o, IMethodSymbol symbol, IOperation? body)
    {
        if (symbol.IsAsync || body is null) return Unsupported(o);
        string parameters = string.Join(" ", symbol.Parameters.Select(p => p.Name));
        return Add(NodeKind.Lambda, o, children: [Visit(body)], constant: parameters);
    }

    /// <summary>A for loop; where it counts by one its counter is named, so that it can stay a loop.</summary>
    int For(IForLoopOperation loop)
    {
        string counter = "";
        int direction = 0;
        if (loop.Before is [IVariableDeclarationGroupOperation { Declarations: [{ Declarators: [var i] }] }]
            && loop.AtLoopBottom is [IExpressionStatementOperation { Operation: IIncrementOrDecrementOperation step }]
            && step.Target is ILocalReferenceOperation next
            && loop.Condition is IBinaryOperation { LeftOperand: ILocalReferenceOperation test }
            && SymbolEqualityComparer.Default.Equals(i.Symbol, next.Local)
                && SymbolEqualityComparer.Default.Equals(i.Symbol, test.Local))
            (counter, direction) = (i.Symbol.Name, step.Kind == OperationKind.Increment ? 1 : -1);
        int before = Add(NodeKind.Block, loop, children: Visit(loop.Before));
        int after = Add(NodeKind.Block, loop, children: Visit(loop.AtLoopBottom));
        return Add(NodeKind.For, loop, counter, children: [before, Visit(loop.Condition), after, Visit(loop.Body)],
            constant: direction,
            hasText: true);
    }

    int Switch(ISwitchOperation o)
    {
        List<int> children = [Visit(o.Value)];
        // default stands last, wherever it is written.
        foreach (ISwitchCaseOperation section in o.Cases.OrderBy(c =>
            c.Clauses.OfType<IDefaultCaseClauseOperation>().Any()))
        {
            int body = Add(NodeKind.Block, section, children: Visit(section.Body));
            foreach (ICaseClauseOperation clause in section.Clauses)
                children.AddRange(clause switch
                {
                    ISingleValueCaseClauseOperation single =>
                        [Add(NodeKind.Pattern, single, "Constant", children: [Visit(single.Value)]), -1, body],
                    IPatternCaseClauseOperation pattern => [Pattern(pattern.Pattern), Visit(pattern.Guard), body],
                    IDefaultCaseClauseOperation => new[] { Add(NodeKind.Pattern, clause, "Discard"), -1, body },
                    _ => [Unsupported(clause), -1, body],
                });
        }
        return Add(NodeKind.Switch, o, children: [.. children]);
    }

    int Pattern(IPatternOperation pattern) => pattern switch
    {
        IConstantPatternOperation o => Add(NodeKind.Pattern, o, "Constant", children: [Visit(o.Value)]),
        IDiscardPatternOperation o => Add(NodeKind.Pattern, o, "Discard"),
        IRelationalPatternOperation o =>
            Add(NodeKind.Pattern, o, o.OperatorKind.ToString(), children: [Visit(o.Value)]),
        INegatedPatternOperation o => Add(NodeKind.Pattern, o, "Not", children: [Pattern(o.Pattern)]),
        IBinaryPatternOperation o => Add(NodeKind.Pattern, o, o.OperatorKind.ToString(),
            children: [Pattern(o.LeftPattern), Pattern(o.RightPattern)]),
        _ => Unsupported(pattern),
    };

    int Operator(IOperation o, IMethodSymbol method, params IOperation[] operands) =>
        method.ContainingType is { } owner && Signature.Of(owner).StartsWith(Library, StringComparison.Ordinal)
            ? Add(NodeKind.Call, o, Signature.Of(method), Signature.Of(owner), [-1, .. operands.Select(Visit)])
            : Add(NodeKind.Arithmetic, o, method.Name, children: [.. operands.Select(Visit)]);

    int Property(IPropertyReferenceOperation o)
    {
        IMethodSymbol? getter = o.Property.GetMethod;
        if (getter is null) return Unsupported(o);
        if (o.Arguments.Length > 0) return Call(o, getter, o.Instance, o.Arguments);
        return IsComputed(o.Property) || o.Instance is null ? Call(o, getter, o.Instance, [])
            : Add(NodeKind.Member, o, o.Property.Name, children: [Visit(o.Instance)]);
    }

    int Compound(ICompoundAssignmentOperation o)
    {
        int target = Visit(o.Target);
        int value = o.OperatorMethod is { } method
            ? Add(NodeKind.Call, o, Signature.Of(method), Signature.Of(method.ContainingType),
                [-1, target, Visit(o.Value)])
            : Add(NodeKind.Arithmetic, o, o.OperatorKind.ToString(), children: [target, Visit(o.Value)]);
        return Add(NodeKind.Assign, o, children: [target, value]);
    }

    int Increment(IIncrementOrDecrementOperation o)
    {
        int target = Visit(o.Target);
        int one = Add(NodeKind.Literal, o, constant: 1);
        int sum = Add(NodeKind.Arithmetic, o, o.Kind == OperationKind.Increment ? "Add"
            : "Subtract", children: [target, one]);
        int assigned = Add(NodeKind.Assign, o, children: [target, sum]);
        // i++ is worth what i was before.
        return o.IsPostfix && o.Parent is not IExpressionStatementOperation
            ? Add(NodeKind.Arithmetic, o, o.Kind == OperationKind.Increment ? "Subtract"
                : "Add", children: [assigned, one])
            : assigned;
    }

    /// <summary>(a, b), var (a, b) or (_, Tensor b): the targets of a deconstruction.</summary>
    int Targets(IOperation target) => target switch
    {
        IDeclarationExpressionOperation o => Targets(o.Expression),
        ITupleOperation o => Add(NodeKind.Tuple, o, children: [.. o.Elements.Select(Targets)]),
        _ => Visit(target),
    };

    int New(IObjectCreationOperation o, IMethodSymbol constructor)
    {
        Reference(constructor.ContainingType);
        int[] members = o.Initializer is { } initializer
            ? [.. initializer.Initializers.Select(Member)]
            : [];
        // Constant = how many of the children are arguments; the rest set properties.
        int[] arguments = Ordered(o.Arguments);
        return Add(NodeKind.New, o, Signature.Of(constructor), Signature.Of(constructor.ContainingType),
            [.. arguments, .. members], arguments.Length);
    }

    /// <summary>One assignment of { Name = value }.</summary>
    int Member(IOperation initializer) =>
        initializer is ISimpleAssignmentOperation { Target: IMemberReferenceOperation target } a
        ? Add(NodeKind.Member, a, target.Member.Name, children: [Visit(a.Value)])
        : Unsupported(initializer);

    int Call(IOperation o, IMethodSymbol method, IOperation? instance, IEnumerable<IArgumentOperation> arguments)
    {
        int target = instance is null ? -1 : Visit(instance);
        string owner = Signature.Of(method.ContainingType.OriginalDefinition);
        bool isLibrary = method.ContainingType.DeclaringSyntaxReferences.IsEmpty
            && owner.StartsWith(Library, StringComparison.Ordinal) || owner == "System.Math";
        if (method.IsStatic && !isLibrary) pending.Enqueue(method.OriginalDefinition);
        Reference(method.ContainingType);
        return Add(NodeKind.Call, o, isLibrary ? Signature.Of(method)
            : SignatureOf(method.OriginalDefinition), owner, [target, .. Ordered(arguments)]);
    }

    int[] Ordered(IEnumerable<IArgumentOperation> arguments) => [.. arguments.OrderBy(a => a.Parameter!.Ordinal)
        .Select(a => a.Parameter!.RefKind is RefKind.Out or RefKind.Ref ? Unsupported(a) : Visit(a.Value))];

    void Reference(INamedTypeSymbol target)
    {
        if (target.DeclaringSyntaxReferences.IsEmpty
            && Attributes(target, "ModelSourceAttribute")
            .FirstOrDefault() is { ConstructorArguments: [{ Value: string text }] })
            imports.Add(text);
        if (Attributes(target, "ModelAttribute").Any()
            && !SymbolEqualityComparer.Default.Equals(target, type)) references.Add(Signature.Of(target));
    }

    int Unsupported(IOperation operation) =>
        Add(NodeKind.Unsupported, operation, operation.Kind.ToString(), UnsupportedCSharp.Advice(operation));

    int Add(NodeKind kind, IOperation operation, string name = "", string type = "", int[]? children = null,
        object? constant = null, bool hasText = false)
    {
        nodes.Add(new Node(kind, name, type, children ?? [], constant, hasText
            || kind == NodeKind.Unsupported ? CanonicalText.Of(operation.Syntax) : ""));
        spans.Add(new SourceSpan(operation.Syntax.SyntaxTree.FilePath, operation.Syntax.SpanStart,
            operation.Syntax.Span.Length));
        return nodes.Count - 1;
    }
}
